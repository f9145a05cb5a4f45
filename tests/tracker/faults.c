/* What goes wrong below a program: loaded with LD_PRELOAD, it stands between the program and the
 * system calls by which files change, for one watched directory.
 *
 * It kills the process just before a call (or in the middle of a write), or writes down every
 * call, so that the disk can be put together again as a loss of power would have left it.
 * It is meant for a program of one thread that works on files below the directory by write and
 * pwrite; what is written through a memory map or copied inside the kernel is not seen.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define ROOM (2 * PATH_MAX)

static char watched[PATH_MAX];
static size_t watched_length; /* 0: nothing is watched */
static long calls, fatal;     /* how many there were, and before which one the process dies */
static int halfway;           /* whether it dies in the middle of that call, if it is a write */
static int record = -1;

/* One entry of the record; the two names and the bytes follow. All numbers as the machine has
 * them, see Call in faults.py. */
struct entry {
    char kind;
    uint64_t file;   /* the inode */
    int64_t number;  /* where a write begins, how long a truncated file is, which mark this is */
    uint32_t name, other, bytes; /* their lengths */
} __attribute__((packed));

/* For the program ------------------------------------------------------------------------- */

void faults_watch(const char *directory)
{
    snprintf(watched, sizeof watched, "%s/", directory);
    watched_length = strlen(watched);
    calls = 0;
}

void faults_kill(long before, int in_the_middle)
{
    fatal = before;
    halfway = in_the_middle;
}

int faults_record(const char *path)
{
    record = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return record;
}

static void put_down(char kind, uint64_t file, int64_t number, const char *name,
                     const char *other, const void *bytes, size_t size);

void faults_mark(long number)
{
    put_down('M', 0, number, "", "", NULL, 0);
}

/* Inside ---------------------------------------------------------------------------------- */

static void die(void)
{
    for (;;)
        syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
}

static void put_down(char kind, uint64_t file, int64_t number, const char *name,
                     const char *other, const void *bytes, size_t size)
{
    if (record < 0)
        return;
    struct entry entry = {kind, file, number, strlen(name), strlen(other), size};
    struct iovec parts[] = {{&entry, sizeof entry},
                            {(void *)name, entry.name},
                            {(void *)other, entry.other},
                            {(void *)bytes, size}};
    int before = errno;
    if (syscall(SYS_writev, record, parts, 4) != (long)(sizeof entry + entry.name + entry.other + size))
        die(); /* half a record would prove nothing */
    errno = before;
}

/* Whether the process is to die now; every watched call asks once. */
static int is_last(void)
{
    return ++calls == fatal;
}

static void one_more(void)
{
    if (is_last())
        die();
}

/* The name below the watched directory, or NULL if it is not below. */
static const char *below(int directory, const char *path, char *room)
{
    if (!watched_length || !path)
        return NULL;
    if (path[0] != '/') {
        char link[64];
        snprintf(link, sizeof link, directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/%d",
                 directory);
        ssize_t length = readlink(link, room, PATH_MAX - 1);
        if (length < 0)
            return NULL;
        snprintf(room + length, ROOM - length, "/%s", path);
        path = room;
    } else {
        snprintf(room, ROOM, "%s", path);
    }
    return strncmp(room, watched, watched_length) ? NULL : room + watched_length;
}

/* The same for an open file or directory; the watched directory itself has an empty name. */
static const char *below_open(int fd, char *room)
{
    if (!watched_length)
        return NULL;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, room, PATH_MAX - 1);
    if (length < 0)
        return NULL;
    room[length] = 0;
    if (strlen(room) + 1 == watched_length && !strncmp(room, watched, watched_length - 1))
        return "";
    return strncmp(room, watched, watched_length) ? NULL : room + watched_length;
}

static uint64_t inode(int fd, int *is_directory)
{
    struct stat found = {0};
    int before = errno;
    if (record >= 0)
        fstat(fd, &found);
    errno = before;
    if (is_directory)
        *is_directory = S_ISDIR(found.st_mode);
    return found.st_ino;
}

static uint64_t inode_at(int directory, const char *path)
{
    struct stat found = {0};
    int before = errno;
    int failed = fstatat(directory, path, &found, AT_SYMLINK_NOFOLLOW);
    errno = before;
    return failed ? 0 : found.st_ino;
}

/* Writing --------------------------------------------------------------------------------- */

static ssize_t plain(int fd, const void *bytes, size_t size, int64_t at)
{
    return at < 0 ? syscall(SYS_write, fd, bytes, size)
                  : syscall(SYS_pwrite64, fd, bytes, size, at);
}

/* A write at a place, or at the file's own position if that is negative. */
static ssize_t put(int fd, const void *bytes, size_t size, int64_t at)
{
    char room[ROOM];
    const char *name = below_open(fd, room);
    if (!name)
        return plain(fd, bytes, size, at);
    int64_t place = at;
    if (at < 0)
        place = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    if (is_last()) {
        if (halfway)
            plain(fd, bytes, size / 2, at);
        die();
    }
    ssize_t done = plain(fd, bytes, size, at);
    if (done > 0)
        put_down('W', inode(fd, NULL), place, name, "", bytes, done);
    return done;
}

ssize_t write(int fd, const void *bytes, size_t size) { return put(fd, bytes, size, -1); }

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return put(fd, bytes, size, at); }

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    return put(fd, bytes, size, at);
}

/* A write of several parts is as many writes: nothing promises that it happens at once. */
static ssize_t put_parts(int fd, const struct iovec *parts, int count, int64_t at)
{
    ssize_t all = 0;
    for (int n = 0; n < count; n++) {
        ssize_t done = put(fd, parts[n].iov_base, parts[n].iov_len, at < 0 ? at : at + all);
        if (done < 0)
            return all ? all : done;
        all += done;
        if ((size_t)done < parts[n].iov_len)
            break;
    }
    return all;
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    char room[ROOM];
    if (!below_open(fd, room))
        return syscall(SYS_writev, fd, parts, count);
    return put_parts(fd, parts, count, -1);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return put_parts(fd, parts, count, at);
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    return put_parts(fd, parts, count, at);
}

static int cut(int fd, int64_t length)
{
    char room[ROOM];
    const char *name = below_open(fd, room);
    if (name)
        one_more();
    int failed = syscall(SYS_ftruncate, fd, length);
    if (name && !failed)
        put_down('T', inode(fd, NULL), length, name, "", NULL, 0);
    return failed;
}

int ftruncate(int fd, off_t length) { return cut(fd, length); }

int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

static int sync_one(long call, int fd)
{
    char room[ROOM];
    const char *name = below_open(fd, room);
    if (name)
        one_more();
    int failed = syscall(call, fd);
    if (name && !failed) {
        int is_directory;
        uint64_t file = inode(fd, &is_directory);
        put_down(is_directory ? 'D' : 'S', file, 0, name, "", NULL, 0);
    }
    return failed;
}

int fsync(int fd) { return sync_one(SYS_fsync, fd); }

int fdatasync(int fd) { return sync_one(SYS_fdatasync, fd); }

/* Names ----------------------------------------------------------------------------------- */

static int open_file(int directory, const char *path, int flags, mode_t mode)
{
    char room[ROOM];
    const char *name = flags & (O_CREAT | O_TRUNC) ? below(directory, path, room) : NULL;
    int is_new = name && !inode_at(directory, path);
    if (name && (is_new || flags & O_TRUNC))
        one_more();
    int fd = syscall(SYS_openat, directory, path, flags, mode);
    if (name && fd >= 0) {
        if (is_new)
            put_down('C', inode(fd, NULL), 0, name, "", NULL, 0);
        else if (flags & O_TRUNC)
            put_down('T', inode(fd, NULL), 0, name, "", NULL, 0);
    }
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

int open(const char *path, int flags, ...)
{
    MODE(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE(flags)
    return open_file(AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
    MODE(flags)
    return open_file(directory, path, flags, mode);
}

int openat64(int directory, const char *path, int flags, ...)
{
    MODE(flags)
    return open_file(directory, path, flags, mode);
}

/* Both names are below the directory or neither: nothing is moved in or out. */
int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    char room[ROOM], other_room[ROOM];
    const char *name = below(from, old, room), *other = below(to, new, other_room);
    uint64_t file = name ? inode_at(from, old) : 0;
    if (name && other)
        one_more();
    int failed = syscall(SYS_renameat2, from, old, to, new, flags);
    if (name && other && !failed)
        put_down('R', file, 0, name, other, NULL, 0);
    return failed;
}

int renameat(int from, const char *old, int to, const char *new)
{
    return renameat2(from, old, to, new, 0);
}

int rename(const char *old, const char *new) { return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0); }

int linkat(int from, const char *old, int to, const char *new, int flags)
{
    char room[ROOM], other_room[ROOM];
    const char *name = below(from, old, room), *other = below(to, new, other_room);
    uint64_t file = name ? inode_at(from, old) : 0;
    if (name && other)
        one_more();
    int failed = syscall(SYS_linkat, from, old, to, new, flags);
    if (name && other && !failed)
        put_down('L', file, 0, name, other, NULL, 0);
    return failed;
}

int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int directory, const char *path, int flags)
{
    char room[ROOM];
    const char *name = below(directory, path, room);
    uint64_t file = name ? inode_at(directory, path) : 0;
    if (name)
        one_more();
    int failed = syscall(SYS_unlinkat, directory, path, flags);
    if (name && !failed)
        put_down('U', file, 0, name, "", NULL, 0);
    return failed;
}

int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
