BEGIN TRANSACTION;
CREATE TABLE document (
        sha256 TEXT PRIMARY KEY,
        content BLOB NOT NULL
    );
INSERT INTO "document" VALUES('ee3a3d9572d8ac0e4e5fac3b2c859014a6f05b2a420bcbdf915df254272e91ea',X'504446206C65747465722031');
INSERT INTO "document" VALUES('dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a',X'6C65747465722031');
INSERT INTO "document" VALUES('d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90',X'50726F6F66200001206279746573');
INSERT INTO "document" VALUES('35379d9c009e290d702b72abf3f5f9bdbaa7e00a63fc37b5174fc3825c8095e3',X'72656D656D626572');
INSERT INTO "document" VALUES('5efef4f98513f2bb9545ea406c5ca1fcc6290cf8551ebd9b2a9139373ddf6e3c',X'504446206C65747465722032');
INSERT INTO "document" VALUES('d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb',X'6C65747465722032');
INSERT INTO "document" VALUES('d7f7ebac5c63238bcbcb1c114417c66cc394c3a98bc4f4f9d8315e5d78f3e6a8',X'504446206C65747465722033');
INSERT INTO "document" VALUES('aa3f9ccd5ccae3709d0318a01aed0a0122ef804f50343609604729c76fb82b32',X'6C65747465722033');
CREATE TABLE event (
        reference TEXT NOT NULL REFERENCES request (reference),
        seq INTEGER NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (reference, seq)
    );
INSERT INTO "event" VALUES('DSR-H5TW-DX00',1,'{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-H5TW-DX00-bilderfang.pdf","sha256":"ee3a3d9572d8ac0e4e5fac3b2c859014a6f05b2a420bcbdf915df254272e91ea"},{"bytes":8,"media_type":"text/plain","name":"DSR-H5TW-DX00-bilderfang.txt","sha256":"dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',2,'{"attachments":[],"note":null,"on":"2026-02-02","recorded_at":"2026-02-03T09:30:00+00:00","seq":2,"type":"sent","until":null,"via":"post"}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',3,'{"attachments":[],"note":null,"on":"2026-02-06","recorded_at":"2026-02-20T09:30:00+00:00","seq":3,"type":"delivered","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',4,'{"attachments":[],"note":"Sie wollen einen Ausweis","on":"2026-02-12","recorded_at":"2026-02-20T09:30:00+00:00","seq":4,"type":"identity-requested","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',5,'{"attachments":[{"bytes":14,"media_type":"application/octet-stream","name":"proof.bin","sha256":"d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90"}],"note":null,"on":"2026-02-16","recorded_at":"2026-02-20T09:30:00+00:00","seq":5,"type":"identity-provided","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',6,'{"attachments":[],"note":null,"on":"2026-03-05","recorded_at":"2026-03-10T09:30:00+00:00","seq":6,"type":"extended","until":"2026-04-30","via":null}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',7,'{"attachments":[{"bytes":14,"media_type":"application/octet-stream","name":"proof.bin","sha256":"d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90"}],"note":"Zeile 1\nZeile 2","on":"2026-06-01","recorded_at":"2026-06-20T09:30:00+00:00","seq":7,"type":"partly-fulfilled","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-H5TW-DX00',8,'{"attachments":[{"bytes":8,"media_type":"text/plain","name":"reminder.txt","sha256":"35379d9c009e290d702b72abf3f5f9bdbaa7e00a63fc37b5174fc3825c8095e3"}],"note":"reminder","on":"2026-06-21","recorded_at":"2026-06-21T09:30:00+00:00","seq":8,"type":"prepared","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-2BMS-VT10',1,'{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-2BMS-VT10-bilderfang.pdf","sha256":"5efef4f98513f2bb9545ea406c5ca1fcc6290cf8551ebd9b2a9139373ddf6e3c"},{"bytes":8,"media_type":"text/plain","name":"DSR-2BMS-VT10-bilderfang.txt","sha256":"d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-2BMS-VT10',2,'{"attachments":[],"note":null,"on":"2026-03-03","recorded_at":"2026-03-03T09:30:00+00:00","seq":2,"type":"sent","until":null,"via":"email"}');
INSERT INTO "event" VALUES('DSR-2BMS-VT10',3,'{"attachments":[],"note":null,"on":"2026-05-03","recorded_at":"2026-05-03T09:30:00+00:00","seq":3,"type":"closed","until":null,"via":null}');
INSERT INTO "event" VALUES('DSR-KGEP-9R20',1,'{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-KGEP-9R20-bilderfang.pdf","sha256":"d7f7ebac5c63238bcbcb1c114417c66cc394c3a98bc4f4f9d8315e5d78f3e6a8"},{"bytes":8,"media_type":"text/plain","name":"DSR-KGEP-9R20-bilderfang.txt","sha256":"aa3f9ccd5ccae3709d0318a01aed0a0122ef804f50343609604729c76fb82b32"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}');
CREATE TABLE journal (
        position INTEGER PRIMARY KEY,
        reference TEXT NOT NULL,
        content TEXT NOT NULL,
        previous TEXT NOT NULL,
        digest TEXT NOT NULL
    );
INSERT INTO "journal" VALUES(1,'DSR-H5TW-DX00','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null},"identifiers":[["account","zaneta"]],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":["https://example.org/a.jpg"],"reason":"Weil es mein „Gesicht“ ist","reference":"DSR-H5TW-DX00","representative":null,"rights":["access","erasure"]}','0000000000000000000000000000000000000000000000000000000000000000','8f65681e63c7cfe800b92266fa7f3498237155282237e546cc4f1351c261002f');
INSERT INTO "journal" VALUES(2,'DSR-H5TW-DX00','{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-H5TW-DX00-bilderfang.pdf","sha256":"ee3a3d9572d8ac0e4e5fac3b2c859014a6f05b2a420bcbdf915df254272e91ea"},{"bytes":8,"media_type":"text/plain","name":"DSR-H5TW-DX00-bilderfang.txt","sha256":"dd4ed1ba54dbcd0c43a317667c86882b7e03948914d1fecbe9ccfe7e37ef8f3a"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}','8f65681e63c7cfe800b92266fa7f3498237155282237e546cc4f1351c261002f','d3fd76e37e3a4764607e42ec734897c1dfcdc6497a3847864518e7e0b061b781');
INSERT INTO "journal" VALUES(3,'DSR-H5TW-DX00','{"attachments":[],"note":null,"on":"2026-02-02","recorded_at":"2026-02-03T09:30:00+00:00","seq":2,"type":"sent","until":null,"via":"post"}','d3fd76e37e3a4764607e42ec734897c1dfcdc6497a3847864518e7e0b061b781','9e15523d49ada3fd54c829709c854461004628e815db48f4bdd13606fa78c303');
INSERT INTO "journal" VALUES(4,'DSR-H5TW-DX00','{"attachments":[],"note":null,"on":"2026-02-06","recorded_at":"2026-02-20T09:30:00+00:00","seq":3,"type":"delivered","until":null,"via":null}','9e15523d49ada3fd54c829709c854461004628e815db48f4bdd13606fa78c303','01597714a09258dc9be7b2a05b14f4bf632a0f57669a3c093ae89014b317de2a');
INSERT INTO "journal" VALUES(5,'DSR-H5TW-DX00','{"attachments":[],"note":"Sie wollen einen Ausweis","on":"2026-02-12","recorded_at":"2026-02-20T09:30:00+00:00","seq":4,"type":"identity-requested","until":null,"via":null}','01597714a09258dc9be7b2a05b14f4bf632a0f57669a3c093ae89014b317de2a','839d979281139ef378a85324aed6eceb60cdaca632506918b8dafb73edb5fa88');
INSERT INTO "journal" VALUES(6,'DSR-H5TW-DX00','{"attachments":[{"bytes":14,"media_type":"application/octet-stream","name":"proof.bin","sha256":"d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90"}],"note":null,"on":"2026-02-16","recorded_at":"2026-02-20T09:30:00+00:00","seq":5,"type":"identity-provided","until":null,"via":null}','839d979281139ef378a85324aed6eceb60cdaca632506918b8dafb73edb5fa88','3de4efa544a1dab0fc2087010b4ac6b25fcc2c6df37a34524e611d1309519e44');
INSERT INTO "journal" VALUES(7,'DSR-H5TW-DX00','{"attachments":[],"note":null,"on":"2026-03-05","recorded_at":"2026-03-10T09:30:00+00:00","seq":6,"type":"extended","until":"2026-04-30","via":null}','3de4efa544a1dab0fc2087010b4ac6b25fcc2c6df37a34524e611d1309519e44','372e511f9f0ebf09fdf4426f5d96271026fb1fc9d6d167eaf3e28d47bf78e67a');
INSERT INTO "journal" VALUES(8,'DSR-H5TW-DX00','{"attachments":[{"bytes":14,"media_type":"application/octet-stream","name":"proof.bin","sha256":"d06e2bf03602eff5441135abe51089e57da6910449c70f6aceda0d6ee58fba90"}],"note":"Zeile 1\nZeile 2","on":"2026-06-01","recorded_at":"2026-06-20T09:30:00+00:00","seq":7,"type":"partly-fulfilled","until":null,"via":null}','372e511f9f0ebf09fdf4426f5d96271026fb1fc9d6d167eaf3e28d47bf78e67a','545273dcfec58b7acbf4767aff200282411a6ca715e78764141c8fab840063b1');
INSERT INTO "journal" VALUES(9,'DSR-H5TW-DX00','{"attachments":[{"bytes":8,"media_type":"text/plain","name":"reminder.txt","sha256":"35379d9c009e290d702b72abf3f5f9bdbaa7e00a63fc37b5174fc3825c8095e3"}],"note":"reminder","on":"2026-06-21","recorded_at":"2026-06-21T09:30:00+00:00","seq":8,"type":"prepared","until":null,"via":null}','545273dcfec58b7acbf4767aff200282411a6ca715e78764141c8fab840063b1','4fb77ec0e73a8d59d0d100784595364fca5b7cb60af8cee7c81c3768778b7ebe');
INSERT INTO "journal" VALUES(10,'DSR-2BMS-VT10','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":[],"country":"DE","email":null,"id":"child-max","language":"de","name":"Max Öztürk","region":null},"identifiers":[],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":[],"reason":null,"reference":"DSR-2BMS-VT10","representative":{"acts_for":"child","address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","name":"Żaneta Öztürk-O’Brien"},"rights":["access","erasure"]}','4fb77ec0e73a8d59d0d100784595364fca5b7cb60af8cee7c81c3768778b7ebe','670292359e0dd0eeca46f16f84447cbefbd25a92aaa14d61f13fb8b4ccb90759');
INSERT INTO "journal" VALUES(11,'DSR-2BMS-VT10','{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-2BMS-VT10-bilderfang.pdf","sha256":"5efef4f98513f2bb9545ea406c5ca1fcc6290cf8551ebd9b2a9139373ddf6e3c"},{"bytes":8,"media_type":"text/plain","name":"DSR-2BMS-VT10-bilderfang.txt","sha256":"d4b012495eac6a500791adb10d1ca7db036f9814705484abae80d37bf7d6baeb"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}','670292359e0dd0eeca46f16f84447cbefbd25a92aaa14d61f13fb8b4ccb90759','51a12fa2105c97407656258c23e3cc9c442e3edc1348d04b4d7c4509417f2e98');
INSERT INTO "journal" VALUES(12,'DSR-2BMS-VT10','{"attachments":[],"note":null,"on":"2026-03-03","recorded_at":"2026-03-03T09:30:00+00:00","seq":2,"type":"sent","until":null,"via":"email"}','51a12fa2105c97407656258c23e3cc9c442e3edc1348d04b4d7c4509417f2e98','7e2659eaaf3bf943e63dc350650c431e099758259d0f79ae51c993c5feb537c7');
INSERT INTO "journal" VALUES(13,'DSR-2BMS-VT10','{"attachments":[],"note":null,"on":"2026-05-03","recorded_at":"2026-05-03T09:30:00+00:00","seq":3,"type":"closed","until":null,"via":null}','7e2659eaaf3bf943e63dc350650c431e099758259d0f79ae51c993c5feb537c7','d49c39fbddb77ae4dc1234d1935d13c9583f09148bf082c73f9b0fb4794e5ca5');
INSERT INTO "journal" VALUES(14,'DSR-KGEP-9R20','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null},"identifiers":[],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":[],"reason":null,"reference":"DSR-KGEP-9R20","representative":null,"rights":["objection"]}','d49c39fbddb77ae4dc1234d1935d13c9583f09148bf082c73f9b0fb4794e5ca5','08faad707311793fcfa5ac3eb92ca2530947879736cbd0caace5a8a8e45ac977');
INSERT INTO "journal" VALUES(15,'DSR-KGEP-9R20','{"attachments":[{"bytes":12,"media_type":"application/pdf","name":"DSR-KGEP-9R20-bilderfang.pdf","sha256":"d7f7ebac5c63238bcbcb1c114417c66cc394c3a98bc4f4f9d8315e5d78f3e6a8"},{"bytes":8,"media_type":"text/plain","name":"DSR-KGEP-9R20-bilderfang.txt","sha256":"aa3f9ccd5ccae3709d0318a01aed0a0122ef804f50343609604729c76fb82b32"}],"note":null,"on":"2026-02-02","recorded_at":"2026-02-02T09:30:00+00:00","seq":1,"type":"prepared","until":null,"via":null}','08faad707311793fcfa5ac3eb92ca2530947879736cbd0caace5a8a8e45ac977','d49cdf8477ce3c33bbf6f2699a7d3c3230d7065b9de19f7734604f2379da76ca');
CREATE TABLE person (
        id TEXT PRIMARY KEY,
        identity TEXT NOT NULL
    );
INSERT INTO "person" VALUES('me','{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null}');
INSERT INTO "person" VALUES('child-max','{"address":[],"country":"DE","email":null,"id":"child-max","language":"de","name":"Max Öztürk","region":null}');
CREATE TABLE request (
        reference TEXT PRIMARY KEY,
        person TEXT NOT NULL REFERENCES person (id),
        company TEXT NOT NULL,
        made_on TEXT NOT NULL,
        content TEXT NOT NULL
    );
INSERT INTO "request" VALUES('DSR-H5TW-DX00','me','bilderfang','2026-02-02','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null},"identifiers":[["account","zaneta"]],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":["https://example.org/a.jpg"],"reason":"Weil es mein „Gesicht“ ist","reference":"DSR-H5TW-DX00","representative":null,"rights":["access","erasure"]}');
INSERT INTO "request" VALUES('DSR-2BMS-VT10','child-max','bilderfang','2026-02-02','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":[],"country":"DE","email":null,"id":"child-max","language":"de","name":"Max Öztürk","region":null},"identifiers":[],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":[],"reason":null,"reference":"DSR-2BMS-VT10","representative":{"acts_for":"child","address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","name":"Żaneta Öztürk-O’Brien"},"rights":["access","erasure"]}');
INSERT INTO "request" VALUES('DSR-KGEP-9R20','me','bilderfang','2026-02-02','{"about":"images","channel":"post","company":{"address":["1 Rue du Test","75001 Paris"],"address_country":"FR","email":"privacy@bilderfang.example","establishment":"FR","name":"Bilderfang Aktiengesellschaft","slug":"bilderfang","webform":null},"correction":null,"data_subject":{"address":["Grüner Weg 7","20095 Hamburg"],"country":"DE","email":"zaneta@example.org","id":"me","language":"de","name":"Żaneta Öztürk-O’Brien","region":null},"identifiers":[],"language":"de","law":"gdpr","made_on":"2026-02-02","photo_enclosed":false,"photo_urls":[],"reason":null,"reference":"DSR-KGEP-9R20","representative":null,"rights":["objection"]}');
CREATE TABLE standing (
        reference TEXT PRIMARY KEY REFERENCES request (reference),
        phase TEXT NOT NULL,
        sent_on TEXT,
        due TEXT,
        due_lenient TEXT,
        edition TEXT NOT NULL
    );
INSERT INTO "standing" VALUES('DSR-H5TW-DX00','answered','2026-02-02','2026-04-30','2026-05-11','f0524f1679f188f5');
INSERT INTO "standing" VALUES('DSR-2BMS-VT10','closed','2026-03-03','2026-04-03','2026-04-03','f0524f1679f188f5');
INSERT INTO "standing" VALUES('DSR-KGEP-9R20','ready',NULL,NULL,NULL,'f0524f1679f188f5');
CREATE INDEX request_by_company ON request (company);
CREATE INDEX request_by_person ON request (person);
CREATE INDEX standing_open ON standing (phase, due_lenient, due);
PRAGMA user_version = 1;
COMMIT;
