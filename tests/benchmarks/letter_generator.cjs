// The peer of `dsr request` for many letters: letter-generator, as datenanfragen.de ships it.
// Usage: letter_generator.cjs MODULES LETTERS.json OUT FIRST STEP
// It renders letters FIRST, FIRST + STEP … one after another: it has no way to use more cores.
const fs = require("fs");
const path = require("path");
const { createRequire } = require("module");

const [modules, letters, out, first, step] = process.argv.slice(2);
const from = createRequire(path.join(path.resolve(modules), "peer.cjs"));
const { Letter, PdfRenderer } = from("letter-generator");
const fonts = from("pdfmake/build/vfs_fonts");
const roboto = {
  Roboto: {
    normal: "Roboto-Regular.ttf",
    bold: "Roboto-Medium.ttf",
    italics: "Roboto-Italic.ttf",
    bolditalics: "Roboto-MediumItalic.ttf",
  },
};

async function main() {
  const all = JSON.parse(fs.readFileSync(letters, "utf8"));
  for (let number = Number(first); number < all.length; number += Number(step)) {
    const renderer = new PdfRenderer(new Letter(all[number]));
    renderer.setFonts(fonts, roboto);
    const blob = await renderer.pdfBlob();
    fs.writeFileSync(path.join(out, `${number}.pdf`), Buffer.from(await blob.arrayBuffer()));
  }
}

main();
