package s3store

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"orabak-tui/internal/run"
)

// drawRow is any row that a manifest can have.
func drawRow(t *rapid.T) Set {
	kind := rapid.SampledFrom([]string{KindFull, KindIncremental, KindArchivelog}).Draw(t, "kind")
	moment := rapid.Custom(func(t *rapid.T) time.Time {
		return time.Unix(rapid.Int64Range(800_000_000, 4_000_000_000).Draw(t, "seconds"), 0).UTC()
	})
	db := rapid.StringMatching(`[A-Z][A-Z0-9_$#]{0,7}`).Draw(t, "db")
	id := func(name string) string {
		return run.ID{
			Time: moment.Draw(t, name), Kind: kind, Suffix: rapid.StringMatching(`[0-9a-f]{4}`).Draw(t, name),
			DBName: strings.NewReplacer("$", "_", "#", "_").Replace(db),
		}.String()
	}
	number := rapid.Int64Range(0, 1<<62)
	row := Set{
		ID: id("id"), Kind: kind, Level: -1, Status: StatusComplete, DBName: db, DBID: number.Draw(t, "dbid"),
		Bytes: number.Draw(t, "bytes"), Pieces: int(rapid.Int32Range(0, 1<<30).Draw(t, "pieces")),
		Logs: int(rapid.Int32Range(0, 1<<30).Draw(t, "logs")), FromSCN: number.Draw(t, "from"), ToSCN: number.Draw(t, "to"),
		ResetlogsSCN: number.Draw(t, "resetlogs"), CompletedAt: moment.Draw(t, "completed"),
		Warnings: rapid.Bool().Draw(t, "warnings"),
	}
	if rapid.Bool().Draw(t, "recoverable") {
		row.RecoverableTo = moment.Draw(t, "until")
	}
	if rapid.Bool().Draw(t, "based") {
		row.BuildsOn = id("base")
	}
	switch kind {
	case KindFull:
		row.Level = 0
	case KindIncremental:
		row.Level = rapid.IntRange(0, 1).Draw(t, "level")
		row.Cumulative = row.Level == 1 && rapid.Bool().Draw(t, "cumulative")
	}
	p, _ := parseSetID(row.ID)
	row.StartedAt = p.Time
	return row
}

// A row goes through its key unharmed.
func TestCatalogKeyCarriesTheRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawRow(t)
		key := catalogKey("backups/", want)
		got, complete, ok := parseCatalogKey("backups/", key)
		want.Key = key
		if !ok || !complete || got != want {
			t.Fatalf("key %s\ngot  %+v %v %v\nwant %+v", key, got, complete, ok, want)
		}
		if len(key) > 400 {
			t.Fatalf("key of %d bytes", len(key))
		}
	})
}

func TestKeysOfADatabaseSortByTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawRow(t), drawRow(t)
		b.DBName, b.DBID = a.DBName, a.DBID
		if a.StartedAt.Before(b.StartedAt) && catalogKey("p/", a) >= catalogKey("p/", b) {
			t.Fatalf("%s does not sort before %s", catalogKey("p/", a), catalogKey("p/", b))
		}
	})
}

func TestForeignKeysAreNoRows(t *testing.T) {
	good := catalogKey("backups/", rowOf(manifestOf(testSet)))
	for name, key := range map[string]string{
		"empty": "", "prefix": "backups/", "other prefix": "x" + good, "no fields": "backups/catalog/ORCL-1/" + testSet + ".json",
		"other db": strings.Replace(good, "ORCL-1", "PROD-1", 1), "no dbid": strings.Replace(good, "ORCL-1234567890", "ORCL", 1),
		"dots": strings.Replace(good, testSet, "..", 1), "slash": strings.Replace(good, "~", "/", 1),
		"upper": strings.Replace(good, ".json", ".JSON", 1), "control": strings.Replace(good, "ORCL-1", "OR\x00L-1", 1),
		"zeros": strings.Replace(good, "ORCL-1234567890", "ORCL-01234567890", 1), "huge": strings.Replace(good, "1234567890", strings.Repeat("9", 30), 1),
	} {
		if row, _, ok := parseCatalogKey("backups/", key); ok {
			t.Errorf("%s: %q was read as %+v", name, key, row)
		}
	}
	for name, fields := range map[string]string{
		"none": "", "no kind": "b1", "twice": "kf.b1.b2", "negative": "kf.b-1", "zero": "kf.b0", "huge": "kf.b" + strings.Repeat("z", 20),
		"upper": "kf.bZZ", "base": "kf.o../../x", "kind": "kx", "empty field": "kf..b1", "flag": "kf.w1", "count": "kf.pzzzzzzz", "time": "kf.ezzzzzzzzz",
	} {
		if _, complete, ok := parseCatalogKey("backups/", strings.Replace(good, good[strings.Index(good, "~")+1:], fields+".json", 1)); !ok || complete {
			t.Errorf("%s: fields %q: complete %v, ok %v; want the manifest to be asked", name, fields, complete, ok)
		}
	}
	if _, complete, ok := parseCatalogKey("backups/", strings.Replace(good, ".json", ".Xnew.json", 1)); !ok || !complete {
		t.Error("a field of a later version is not skipped")
	}
}

func TestPieceKey(t *testing.T) {
	s := open(t, Options{Prefix: "a/b"})
	// The id decides the day, whatever zone the time is in.
	late := testStart.Add(48 * time.Hour).In(time.FixedZone("", 14*3600))
	key := s.PieceKey(testSet, late, "piece 1")
	if want := "a/b/2026/11/23/" + testSet + "/piece 1"; key != want {
		t.Errorf("%s, want %s", key, want)
	}
	if folder, id := s.setOf(key); id != testSet || folder+"piece 1" != key || !s.isPieceKey(key) {
		t.Errorf("%s is not recognised: %q %q", key, folder, id)
	}
	for _, bad := range []string{
		"a/b/2026/11/23/" + testSet + "/", "a/b/2026/11/24/" + testSet + "/x", "a/b/2026/11/23/" + testSet + "/x/y",
		"a/b/2026/11/23/" + testSet + "/..", "a/b/2026/11/23/" + testSet + "/.x", "a/b/2026/11/23/" + testSet + "/x\n",
		"2026/11/23/" + testSet + "/x", "a/b/catalog/x", "a/b/2026/11/23/x", "a/b/2026/13/23/" + testSet + "/x",
		"a/b/2026/11/23/" + testSet + `/x\y`, "a/b/2026/11/23/" + testSet + "/" + strings.Repeat("x", 256),
	} {
		if s.isPieceKey(bad) {
			t.Errorf("%q passes for a piece", bad)
		}
	}
}

func TestPartSize(t *testing.T) {
	const gib = 1 << 30
	for _, c := range []struct {
		size  int64
		parts int
		want  int64
	}{
		{1, 10_000, 8 << 20}, {32 * gib, 10_000, 8 << 20}, {32*gib + 1, 10_000, 16 << 20}, {256 * gib, 10_000, 64 << 20},
		{600 * gib, 10_000, 64 << 20}, {5 << 40, 10_000, 1 << 30}, {8 * gib, 1000, 16 << 20}, {100 * gib, 1000, 128 << 20},
	} {
		got, err := partSize(c.size, normalPart, c.parts)
		if err != nil || got != c.want {
			t.Errorf("%d bytes in %d parts: %d, %v; want %d", c.size, c.parts, got, err, c.want)
		}
	}
	if _, err := partSize(maxPart*10_000+1, normalPart, 10_000); err == nil {
		t.Error("a piece that no upload can hold gets a part size")
	}
	rapid.Check(t, func(t *rapid.T) {
		size, parts := rapid.Int64Range(1, 5<<40).Draw(t, "size"), rapid.IntRange(1, 10_000).Draw(t, "parts")
		p, err := partSize(size, normalPart, parts)
		if err == nil && (size+p-1)/p > int64(parts) {
			t.Fatalf("%d parts of %d bytes for %d bytes, allowed are %d", (size+p-1)/p, p, size, parts)
		}
	})
}

func TestOptionsAreChecked(t *testing.T) {
	for name, o := range map[string]Options{
		"no bucket": {}, "bucket": {Bucket: "a/b"}, "prefix": {Bucket: "b", Prefix: "a//b"}, "dots": {Bucket: "b", Prefix: "../x/"},
		"half a key": {Bucket: "b", AccessKey: "x"}, "endpoint": {Bucket: "b", Endpoint: "host:9000"},
		"user": {Bucket: "b", Endpoint: "https://u:p@host"}, "parts": {Bucket: "b", MaxParts: 10_001}, "lock": {Bucket: "b", ObjectLockMode: "GOVERNANCE"},
		"checksum": {Bucket: "b", Checksum: "md5"}, "capability": {Bucket: "b", Capabilities: "no-nothing"}, "limit": {Bucket: "b", UploadLimit: -1},
	} {
		if _, err := Open(t.Context(), o); err == nil {
			t.Errorf("%s: accepted", name)
		} else if strings.Contains(err.Error(), "u:p@") {
			t.Errorf("%s: %v shows the password", name, err)
		}
	}
	warned := func(endpoint string) bool { return len(Options{Endpoint: endpoint}.Warnings()) > 0 }
	if !warned("http://minio.example:9000") || warned("https://minio.example") || warned("http://127.0.0.1:9000") || warned("http://[::1]:1") || warned("http://localhost") || warned("") {
		t.Error("plain http is to be warned about, unless it is loopback")
	}
}

func TestCapabilitiesCanBeConfigured(t *testing.T) {
	for _, auto := range []string{"", "auto"} {
		if _, ok, err := ParseCapabilities(auto); ok || err != nil {
			t.Errorf("%q: %v, %v", auto, ok, err)
		}
	}
	c, ok, err := ParseCapabilities("no-conditional, multipart-checksum")
	if !ok || err != nil || c.ConditionalCreate || c.MultipartChecksum || !c.ChecksumStored {
		t.Errorf("%+v, %v, %v", c, ok, err)
	}
	if c.trusted(true) || !c.trusted(false) {
		t.Error("trusts the checksum of a multipart upload that the store does not keep")
	}
	c, _, _ = ParseCapabilities("checksum")
	if c.trusted(false) || c.trusted(true) || !slices.Equal([]bool{c.ConditionalCreate, c.ChecksumAccepted}, []bool{true, false}) {
		t.Errorf("%+v", c)
	}
}
