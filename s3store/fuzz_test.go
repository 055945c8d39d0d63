package s3store

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"
	"time"
)

// What is read as a manifest can be written, is read as the same, and names
// nothing that leads elsewhere.
func FuzzManifest(f *testing.F) {
	s := open(f, Options{})
	full, _ := encodeManifest(fullManifest(s))
	f.Add(full)
	f.Add([]byte(`{"format":1}`))
	f.Add([]byte(`{"format":2,"id":[]}`))
	f.Add(bytes.Repeat([]byte("["), 1000))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ParseManifest(b)
		if err != nil {
			return
		}
		again, err := encodeManifest(m)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseManifest(again); err != nil {
			t.Fatalf("what was read cannot be read again: %v", err)
		}
		for _, p := range m.Pieces {
			if path.Base(p.Name) != p.Name || strings.ContainsAny(p.Name, "/\\\n\x00\x1b") || path.Clean(p.Key) != p.Key || strings.HasPrefix(p.Key, "/") {
				t.Fatalf("piece %q under %q", p.Name, p.Key)
			}
		}
		row := rowOf(m)
		key := catalogKey("backups/", row)
		got, complete, ok := parseCatalogKey("backups/", key)
		row.Key = key
		if !ok || !complete || got != row {
			t.Fatalf("key %s\ngives %+v\nnot   %+v", key, got, row)
		}
	})
}

// A key that is read as a row is the key that the row has.
func FuzzCatalogKey(f *testing.F) {
	f.Add(catalogKey("backups/", rowOf(manifestOf(testSet))))
	f.Add("backups/catalog/ORCL-1/" + testSet + "~kf.e1.u1.b1.p1.l1.s1.t1.r1.o" + testSet + ".w.json")
	f.Add("backups/catalog/../x~k.json")
	f.Add("backups/catalog/O$#_-0/20261123T040003Z-full-O___-7f3a~ki0.json")
	f.Fuzz(func(t *testing.T, key string) {
		row, complete, ok := parseCatalogKey("backups/", key)
		if !ok {
			return
		}
		if row.ID == "" || strings.ContainsAny(row.ID+row.DBName+row.BuildsOn, "/\\.\n\x00 ") && complete {
			t.Fatalf("%q gives %+v", key, row)
		}
		if complete {
			again, _, ok := parseCatalogKey("backups/", catalogKey("backups/", row))
			again.Key = key
			if !ok || again != row {
				t.Fatalf("%q\ngives %+v\nthen  %+v", key, row, again)
			}
		}
	})
}

// A resume file never makes a part pass that is not in the file.
func FuzzResumeFile(f *testing.F) {
	head, _ := json.Marshal(journalHead{1, "b", "k", "id", 5, 12, 7})
	f.Add(append(head, "\n{\"n\":1,\"crc\":\"AAAAAAAAAAA=\",\"etag\":\"x\"}\n{\"n\":2,"...))
	f.Add([]byte("{}\n{}\n"))
	f.Add([]byte("{\"v\":1,\"upload_id\":\"\\u001b\"}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, done, ok := parseJournal(b)
		if !ok {
			return
		}
		if h.UploadID == "" || hasControl(h.UploadID+h.Key) || h.PartSize <= 0 || h.Size <= 0 {
			t.Fatalf("head %+v", h)
		}
		for n, d := range done {
			if _, ok := parseCRC(d.CRC); n < 1 || n > DefaultMaxParts || n != d.Number || !ok {
				t.Fatalf("part %d: %+v", n, d)
			}
		}
		if len(agreed(nil, done, h)) != 0 {
			t.Fatal("a part that the store does not list is taken for done")
		}
	})
}

// A ranges file never makes a range pass that is not on disk.
func FuzzRangesFile(f *testing.F) {
	want := rangeHead{1, "k", 10, crcText(1), 4}
	head, _ := json.Marshal(want)
	f.Add(append(head, "\n{\"n\":0,\"crc\":\"AAAAAAAAAAA=\"}\n{\"n\":99,\"crc\":\"AAAAAAAAAAA=\"}\n"...))
	f.Add([]byte("null\nnull\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := &rangeLog{head: want}
		data := bytes.NewReader([]byte("0123456789"))
		for n, crc := range parseRanges(b, want) {
			if n < 0 || l.length(n) < 0 {
				t.Fatalf("range %d", n)
			}
			if l.onDisk(data, n, crc) && l.length(n) == 0 {
				t.Fatalf("range %d past the end passes", n)
			}
		}
	})
}

// A remembered listing is sorted or not believed.
func FuzzKeyList(f *testing.F) {
	f.Add(keyListHead + "1795000000\na\nb\n")
	f.Add(keyListHead + "x\n")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		l, ok := parseKeyList(text)
		if ok && !slices.IsSorted(l.keys) {
			t.Fatalf("%q", l.keys)
		}
		for _, db := range splitFolders(l.keys, "backups/catalog/") {
			if len(db.keys) == 0 {
				t.Fatal("an empty folder")
			}
		}
	})
}

// Keys from a listing, whatever they are, lead to folders and days only.
func FuzzFolders(f *testing.F) {
	s := open(f, Options{})
	f.Add("backups/2026/11/23/" + testSet + "/x")
	f.Add("backups/2026/11/23/20261123T040003Z-")
	f.Add("backups/2024/05/06/T")
	f.Add("backups/2024/05/06/../../../x")
	f.Fuzz(func(t *testing.T, key string) {
		found := &folders{foreign: map[string]Set{}}
		found.file(s.opt.Prefix, object{key: key, size: 1})
		found.rolledUp(s.opt.Prefix, key)
		for day, row := range found.foreign {
			if _, err := time.Parse(dayDir, day); err != nil || hasControl(row.ID) {
				t.Fatalf("%q gives %+v", key, row)
			}
		}
		if folder, id := s.setOf(key); id != "" && (!strings.HasPrefix(key, folder) || strings.ContainsAny(id, "/\\\x00")) {
			t.Fatalf("%q gives %q %q", key, folder, id)
		}
	})
}
