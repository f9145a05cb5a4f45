BEGIN TRANSACTION;
CREATE TABLE campaign (
        name TEXT PRIMARY KEY,
        position INTEGER NOT NULL
    );
CREATE TABLE document (
        sha256 TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        content BLOB,
        place TEXT,
        file_key TEXT
    );
INSERT INTO "document" VALUES('ee3a3d9572d8ac0e4e5fac3b2c859014a6f05b2a420bcbdf915df254272e91ea',12,X'504446206C65747465722031',NULL,NULL);
INSERT INTO "document" VALUES('dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a',8,X'6C65747465722031',NULL,NULL);
INSERT INTO "document" VALUES('d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90',14,X'50726F6F66200001206279746573',NULL,NULL);
INSERT INTO "document" VALUES('35379d9c009e290d702b72abf3f5f9bdbaa7e00a63fc37b5174fc3825c8095e3',8,X'72656D656D626572',NULL,NULL);
INSERT INTO "document" VALUES('5efef4f98513f2bb9545ea406c5ca1fcc6290cf8551ebd9b2a9139373ddf6e3c',12,X'504446206C65747465722032',NULL,NULL);
INSERT INTO "document" VALUES('d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb',8,X'6C65747465722032',NULL,NULL);
INSERT INTO "document" VALUES('d7f7ebac5c63238bcbcb1c114417c66cc394c3a98bc4f4f9d8315e5d78f3e6a8',12,X'504446206C65747465722033',NULL,NULL);
INSERT INTO "document" VALUES('aa3f9ccd5ccae3709d0318a01aed0a0122ef804f50343609604729c76fb82b32',8,X'6C65747465722033',NULL,NULL);
CREATE TABLE entry (
        position INTEGER PRIMARY KEY,
        kind TEXT,
        subject TEXT,
        salt TEXT,
        content TEXT,
        commitment TEXT,
        digest TEXT NOT NULL
    );
INSERT INTO "entry" VALUES(1,'upgraded','','381f753f57966f6bfaacb8e0194da36c','{"entries":15,"head":"d49cdf8477ce3c33bbf6f2699a7d3c3230d7065b9de19f7734604f2379da76ca"}',NULL,'0cea8a2936325dfc0df8e4d37d2130801dad2cf9b3de6385beb608dc5ddd20b3');
INSERT INTO "entry" VALUES(2,'person','child-max','b702ec86aa96267e1039e220330892a4','{"person":{"address":[],"country":"DE","email":null,"id":"child-max","language":"de","name":"Max Öztürk","region":null}}',NULL,'6ef43a9e1f92fdc4662dfb100d032faa603d44ac8aac9457cdc5504a7fe6b73a');
INSERT INTO "entry" VALUES(3,'person','me','288d4a3d0d0c02a5dc626acf57fc428b','{"person":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null}}',NULL,'fc2cc04a35cb5be3f0b74f63dfd56dc49c00277be2cf0c9531dce1ece9f5a97b');
INSERT INTO "entry" VALUES(4,'request','DSR-H5TW-DX00','511e53419c00880aa0bf5bbe81170819','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null},"identifiers":[["account","zaneta"]],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":["https://example.org/a.jpg"],"reason":"Weil es mein „Gesicht“ ist","reference":"DSR-H5TW-DX00","representative":null,"rights":["access","erasure"]}',NULL,'d6316cfa71ed703232bdcb126abbbbdfe1e6e7acf78f92dada525ffec273f671');
INSERT INTO "entry" VALUES(5,'event','DSR-H5TW-DX00','4d4da61bce98f9ed846b4e07b3f21ed5','{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-H5TW-DX00-bilderfang.pdf","sha256":"ee3a3d9572d8ac0e4e5fac3b2c859014a6f05b2a420bcbdf915df254272e91ea"},{"bytes":8,"media_type":"text/plain","name":"DSR-H5TW-DX00-bilderfang.txt","sha256":"dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}',NULL,'315fe751bc1a57776390af613906d88893897ff5c3fe987ee1ab38b50a496c19');
INSERT INTO "entry" VALUES(6,'event','DSR-H5TW-DX00','58defd1428992de9a428401cf2d9c4ce','{"attachments":[],"note":null,"on":"2026-02-02","recorded_at":"2026-02-03T09:30:00+00:00","seq":2,"type":"sent","until":null,"via":"post"}',NULL,'1ed8cfd547cf197443e1e91b086f63dbb7ad060159b881a10abfaf423e0e8964');
INSERT INTO "entry" VALUES(7,'event','DSR-H5TW-DX00','68a23f2250601a7d2a6718e2ddaa5e76','{"attachments":[],"note":null,"on":"2026-02-06","recorded_at":"2026-02-20T09:30:00+00:00","seq":3,"type":"delivered","until":null,"via":null}',NULL,'53f83a5de2d2070796bc9576a9c7d183f5290cf38ee67ce3308a426850c63115');
INSERT INTO "entry" VALUES(8,'event','DSR-H5TW-DX00','5fab84e33c00d686c5f1a8156c9ca210','{"attachments":[],"note":"Sie wollen einen Ausweis","on":"2026-02-12","recorded_at":"2026-02-20T09:30:00+00:00","seq":4,"type":"identity-requested","until":null,"via":null}',NULL,'3bc8fc0326232f5d408819428a2c357d4211a3633c9be5cf21bbf968e44b531f');
INSERT INTO "entry" VALUES(9,'event','DSR-H5TW-DX00','a08cb73535235aa5604c40b03aef2803','{"attachments":[{"bytes":14,"media_type":"application/octet-stream","name":"proof.bin","sha256":"d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90"}],"note":null,"on":"2026-02-16","recorded_at":"2026-02-20T09:30:00+00:00","seq":5,"type":"identity-provided","until":null,"via":null}',NULL,'9601fffbd65b7dff511d88860d699474efcc06d764ebeabf09ebaf6b5b470457');
INSERT INTO "entry" VALUES(10,'event','DSR-H5TW-DX00','258012eff4033da22a1e4b3995fe78f5','{"attachments":[],"note":null,"on":"2026-03-05","recorded_at":"2026-03-10T09:30:00+00:00","seq":6,"type":"extended","until":"2026-04-30","via":null}',NULL,'ee02fe3b08daf9a9b2886ccc9ad8d36c8ded5db137c4fd59dec8b711862a5678');
INSERT INTO "entry" VALUES(11,'event','DSR-H5TW-DX00','8334700f4038d629d46190d07314379c','{"attachments":[{"bytes":14,"media_type":"application/octet-stream","name":"proof.bin","sha256":"d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90"}],"note":"Zeile 1\nZeile 2","on":"2026-06-01","recorded_at":"2026-06-20T09:30:00+00:00","seq":7,"type":"partly-fulfilled","until":null,"via":null}',NULL,'4845e907d2ac39aa2af6ed3da6d1f0d7e4249f2b13c6712819a2a9d272a24350');
INSERT INTO "entry" VALUES(12,'event','DSR-H5TW-DX00','4170e60ca716c2745eb1ae7dd958112a','{"attachments":[{"bytes":8,"media_type":"text/plain","name":"reminder.txt","sha256":"35379d9c009e290d702b72abf3f5f9bdbaa7e00a63fc37b5174fc3825c8095e3"}],"note":"reminder","on":"2026-06-21","recorded_at":"2026-06-21T09:30:00+00:00","seq":8,"type":"prepared","until":null,"via":null}',NULL,'2faf09cb3de9ed5e2fedab86335a12a5bedff4107be59d52c40c3fbcd9fee8be');
INSERT INTO "entry" VALUES(13,'request','DSR-2BMS-VT10','f16e63f6ff1d03249da5df0d376d92f9','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":[],"country":"DE","email":null,"id":"child-max","language":"de","name":"Max Öztürk","region":null},"identifiers":[],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":[],"reason":null,"reference":"DSR-2BMS-VT10","representative":{"acts_for":"child","address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","name":"Żaneta Öztürk-O’Brien"},"rights":["access","erasure"]}',NULL,'04564e9ab89c36aab8f7edd14bd578eb21149d3ac8e33ad61eb0edf00bd40b24');
INSERT INTO "entry" VALUES(14,'event','DSR-2BMS-VT10','01cb79d9365ded409b0919f3a1a03aae','{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-2BMS-VT10-bilderfang.pdf","sha256":"5efef4f98513f2bb9545ea406c5ca1fcc6290cf8551ebd9b2a9139373ddf6e3c"},{"bytes":8,"media_type":"text/plain","name":"DSR-2BMS-VT10-bilderfang.txt","sha256":"d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}',NULL,'3c56c60a2d9f634a7ee8a4a8e57e95c39e0b16863bce26f81665b5c8aa8a96c6');
INSERT INTO "entry" VALUES(15,'event','DSR-2BMS-VT10','fcb2bce0ecdfae77cbd420362aefe6ed','{"attachments":[],"note":null,"on":"2026-03-03","recorded_at":"2026-03-03T09:30:00+00:00","seq":2,"type":"sent","until":null,"via":"email"}',NULL,'742818bdba2de1ddc3bbfc4b697dd93decb79b4a936c25731b424db9c953b36b');
INSERT INTO "entry" VALUES(16,'event','DSR-2BMS-VT10','496685cdcba9f1203f1d7c4d5e0c749b','{"attachments":[],"note":null,"on":"2026-05-03","recorded_at":"2026-05-03T09:30:00+00:00","seq":3,"type":"closed","until":null,"via":null}',NULL,'06f3484314b00147179a6cafbaf81aa2e83cc4cc33b09e553bd2f288fbababbf');
INSERT INTO "entry" VALUES(17,'request','DSR-KGEP-9R20','0c14217381ab2ffa3635a03f28137a86','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null},"identifiers":[],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":[],"reason":null,"reference":"DSR-KGEP-9R20","representative":null,"rights":["objection"]}',NULL,'4f557fa7b8a07ae7ed776b38ace192894941102a4f69e08fe72a5de98cdf61f3');
INSERT INTO "entry" VALUES(18,'event','DSR-KGEP-9R20','1a7d74ed377ef8505e3719a043201bab','{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-KGEP-9R20-bilderfang.pdf","sha256":"d7f7ebac5c63238bcbcb1c114417c66cc394c3a98bc4f4f9d8315e5d78f3e6a8"},{"bytes":8,"media_type":"text/plain","name":"DSR-KGEP-9R20-bilderfang.txt","sha256":"aa3f9ccd5ccae3709d0318a01aed0a0122ef804f50343609604729c76fb82b32"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}',NULL,'3e8ee8ff6b02955aa722bd21deaac5c4e5c069a96dfd9f9a5abb8cd1e9530ca3');
CREATE TABLE holding (
        subject TEXT NOT NULL,
        sha256 TEXT NOT NULL REFERENCES document (sha256),
        PRIMARY KEY (subject, sha256)
    );
INSERT INTO "holding" VALUES('DSR-2BMS-VT10','5efef4f98513f2bb9545ea406c5ca1fcc6290cf8551ebd9b2a9139373ddf6e3c');
INSERT INTO "holding" VALUES('DSR-2BMS-VT10','d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb');
INSERT INTO "holding" VALUES('DSR-H5TW-DX00','35379d9c009e290d702b72abf3f5f9bdbaa7e00a63fc37b5174fc3825c8095e3');
INSERT INTO "holding" VALUES('DSR-H5TW-DX00','d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90');
INSERT INTO "holding" VALUES('DSR-H5TW-DX00','dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a');
INSERT INTO "holding" VALUES('DSR-H5TW-DX00','ee3a3d9572d8ac0e4e5fac3b2c859014a6f05b2a420bcbdf915df254272e91ea');
INSERT INTO "holding" VALUES('DSR-KGEP-9R20','aa3f9ccd5ccae3709d0318a01aed0a0122ef804f50343609604729c76fb82b32');
INSERT INTO "holding" VALUES('DSR-KGEP-9R20','d7f7ebac5c63238bcbcb1c114417c66cc394c3a98bc4f4f9d8315e5d78f3e6a8');
CREATE TABLE meta (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    );
INSERT INTO "meta" VALUES('record','e354ccbdb02911eb');
INSERT INTO "meta" VALUES('edition','311bc5451c5b394b');
CREATE TABLE person (
        id TEXT PRIMARY KEY,
        position INTEGER NOT NULL
    );
INSERT INTO "person" VALUES('child-max',2);
INSERT INTO "person" VALUES('me',3);
CREATE TABLE standing (
        reference TEXT PRIMARY KEY,
        person TEXT NOT NULL,
        company TEXT NOT NULL,
        company_name TEXT NOT NULL,
        law TEXT NOT NULL,
        rights TEXT NOT NULL,
        made_on TEXT NOT NULL,
        campaign TEXT,
        phase TEXT NOT NULL,
        asked TEXT,
        bounced INTEGER NOT NULL,
        reminded_on TEXT,
        answer TEXT,
        sent_on TEXT,
        kind TEXT,
        basis TEXT,
        due TEXT,
        due_lenient TEXT,
        ticked INTEGER NOT NULL,
        events INTEGER NOT NULL,
        check_sum TEXT NOT NULL
    );
INSERT INTO "standing" VALUES('DSR-H5TW-DX00','me','bilderfang','Bilderfang Aktiengesellschaft','gdpr','access erasure','2026-02-02',NULL,'answered',NULL,0,NULL,'partly-fulfilled','2026-02-02','response','GDPR Art. 12(3): three months','2026-04-30','2026-05-11',0,8,'7fa43514182a49cf715336fae7f2313ac9ab881c1e52b0d22688298dee8d969e');
INSERT INTO "standing" VALUES('DSR-2BMS-VT10','child-max','bilderfang','Bilderfang Aktiengesellschaft','gdpr','access erasure','2026-02-02',NULL,'closed',NULL,0,NULL,NULL,'2026-03-03','response','GDPR Art. 12(3): one month','2026-04-03','2026-04-03',0,3,'4a5b63d202c141c54aab010aad46facabcaccd3a8cac8d4f270323b70347029a');
INSERT INTO "standing" VALUES('DSR-KGEP-9R20','me','bilderfang','Bilderfang Aktiengesellschaft','gdpr','objection','2026-02-02',NULL,'ready',NULL,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,1,'b9edd9d7bd0f1598cdf6516065dd8f55d2ad77db97b889d6585ebd458347a129');
CREATE INDEX entry_by_subject ON entry (subject, position);
CREATE INDEX holding_by_document ON holding (sha256);
CREATE INDEX standing_by_phase ON standing (phase, due_lenient);
CREATE INDEX standing_by_person ON standing (person, phase);
CREATE INDEX standing_by_company ON standing (company, phase);
CREATE INDEX standing_by_campaign ON standing (campaign)
;
COMMIT;
PRAGMA user_version = 2;
