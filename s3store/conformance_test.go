package s3store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"orabak-tui/internal/s3servers"
)

// forEachServer runs a test against the embedded server and every other one
// that this machine has.
func forEachServer(t *testing.T, test func(*testing.T, Options)) {
	t.Helper()
	t.Run("s3sim", func(t *testing.T) { test(t, Options{Endpoint: simulator(t)}) })
	t.Run("s3sim over TLS", func(t *testing.T) {
		endpoint, authority := simulatorTLS(t)
		test(t, Options{Endpoint: endpoint, CAFile: authority})
	})
	for _, srv := range s3servers.Available() {
		t.Run(srv.Name, func(t *testing.T) {
			e := s3servers.Start(t, srv.Name)
			test(t, Options{
				Endpoint: e.URL, AccessKey: e.AccessKey, SecretKey: e.Secret, Region: e.Region, Bucket: e.Bucket,
			})
		})
	}
}

// TestConformance walks one set through its life on each server: probe,
// upload, commit, list, download, verify, clean.
func TestConformance(t *testing.T) {
	t.Parallel()
	forEachServer(t, func(t *testing.T, o Options) { //nolint:thelper // it is the test
		o.part = realPart
		s := open(t, o)
		caps, err := s.Probe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !caps.ChecksumAccepted || !caps.ChecksumEnforced || !caps.ConditionalCreate {
			t.Errorf("capabilities %+v", caps)
		}
		if rows, err := s.List(t.Context(), Filter{Foreign: true}); err != nil || len(rows) != 0 {
			t.Errorf("an empty bucket lists %v, %v", rows, err)
		}
		small, big := randomBytes(1, 70_001), randomBytes(2, realPart+300_000)
		pieces := []Piece{
			putBytes(t, s, testSet, "df_01_1_1", small), putBytes(t, s, testSet, "df $#+ä_01_2_1", big),
			putBytes(t, s, testSet, "empty", nil),
		}
		m := manifestOf(testSet, pieces...)
		committed(t, s, m)
		downloads(t, s, pieces, small, big)
		verifies(t, s, m, pieces)
		cleans(t, s)
		inReadme(t, t.Name()[strings.LastIndex(t.Name(), "/")+1:], supportRow(s))
	})
}

// readmeNames are how the README's support table calls the servers, up to a
// version that may follow.
var readmeNames = map[string]string{"s3sim": "embedded (demo)", "versitygw": "versitygw", "minio": "MinIO", "rclone": "rclone"}

// supportRow is what the store was found to do, as a line of the README's table
// has it behind the store's name.
func supportRow(s *Store) string {
	yes := map[bool]string{true: "yes", false: "no"}
	how := map[bool]string{true: "HEAD with checksum", false: "MD5 ETag, or read back"}
	c := *s.caps
	confirmed := how[c.trusted(false)]
	if c.trusted(true) != c.trusted(false) {
		confirmed += "; of multipart uploads " + how[c.trusted(true)]
	}
	return fmt.Sprintf("%s | %s | %s | %s | %s |", yes[c.ConditionalCreate], yes[c.ChecksumStored], yes[c.ChecksumEnforced], yes[c.MultipartChecksum], confirmed)
}

// inReadme compares the table of the README with what was found.
func inReadme(t *testing.T, server, row string) {
	t.Helper()
	name := readmeNames[server]
	t.Logf("\n| %s | %s", cmp.Or(name, server), row)
	if name == "" {
		return // a variant that the table does not have
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(readme)) {
		if rest, ok := strings.CutPrefix(line, "| "+name); ok {
			if _, has, _ := strings.Cut(rest, "| "); strings.TrimSpace(has) != row {
				t.Errorf("the README says of %s\n%swhich was found to be\n%s", name, has, row)
			}
			return
		}
	}
	t.Errorf("the README's table of stores lacks %s", name)
}

func committed(t *testing.T, s *Store, m *Manifest) {
	t.Helper()
	if rows, err := s.List(t.Context(), Filter{Foreign: true}); err != nil || len(rows) != 1 || rows[0].Status != StatusIncomplete || rows[0].Pieces != len(m.Pieces) {
		t.Errorf("before commit: %+v, %v; want one incomplete set", rows, err)
	}
	if _, err := s.Find(t.Context(), m.ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("found before commit: %v", err)
	}
	for range 2 { // the second time nothing changes
		key, err := s.Commit(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if want := catalogKey(s.opt.Prefix, rowOf(m)); key != want {
			t.Errorf("committed as %s, want %s", key, want)
		}
	}
	other := *m
	other.Host = "elsewhere"
	if _, err := s.Commit(t.Context(), &other); !errors.Is(err, ErrExists) {
		t.Errorf("another manifest under the same key: %v, want ErrExists", err)
	}
	other.ToSCN++
	if _, err := s.Commit(t.Context(), &other); !errors.Is(err, ErrExists) {
		t.Errorf("another manifest under another key: %v, want ErrExists", err)
	}
	rows, err := s.List(t.Context(), Filter{Foreign: true})
	if want := rowOf(m); err != nil || len(rows) != 1 {
		t.Errorf("after commit: %+v, %v", rows, err)
	} else if want.Key = rows[0].Key; rows[0] != want {
		t.Errorf("row\n%+v, want\n%+v", rows[0], want)
	}
	fresh := open(t, withoutCache(t, s))
	got, err := fresh.Manifest(t.Context(), Set{ID: m.ID})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := encodeManifest(m)
	b, _ := encodeManifest(got)
	if !bytes.Equal(a, b) {
		t.Errorf("the manifest came back as %s", b)
	}
	if dbs, err := s.Databases(t.Context()); err != nil || len(dbs) != 1 || dbs[0] != (DB{"ORCL", m.DBID}) {
		t.Errorf("databases %v, %v", dbs, err)
	}
}

// withoutCache are a store's options with an empty cache, as on a new host.
func withoutCache(tb testing.TB, s *Store) Options {
	tb.Helper()
	o := s.opt
	o.CacheDir = tb.TempDir()
	return o
}

func downloads(t *testing.T, s *Store, pieces []Piece, want ...[]byte) {
	t.Helper()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for i, b := range want {
		wg.Go(func() {
			path := filepath.Join(dir, fmt.Sprint(i))
			if err := s.GetPiece(t.Context(), GetRequest{Piece: pieces[i], Path: path}); err != nil {
				t.Error(err)
			}
			if got, _ := os.ReadFile(path); !bytes.Equal(got, b) {
				t.Errorf("%s came back different", pieces[i].Name)
			}
		})
	}
	wg.Wait()
	gone := pieces[0]
	gone.Key += "x"
	gone.Name += "x"
	if err := s.GetPiece(t.Context(), GetRequest{Piece: gone, Path: filepath.Join(dir, "gone")}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a piece that is not there: %v, want ErrNotFound", err)
	}
	wrong := pieces[0]
	wrong.CRC64NVME = crcText(4711)
	var bad *CorruptError
	if err := s.GetPiece(t.Context(), GetRequest{Piece: wrong, Path: filepath.Join(dir, "bad")}); !errors.As(err, &bad) || bad.Key != wrong.Key {
		t.Errorf("a piece with another checksum: %v, want a CorruptError", err)
	}
	for _, delta := range []int64{-1, 1} {
		short := pieces[0]
		short.Bytes += delta
		if err := s.GetPiece(t.Context(), GetRequest{Piece: short, Path: filepath.Join(dir, "short")}); !errors.Is(err, ErrCorrupt) {
			t.Errorf("a piece with %+d bytes: %v, want ErrCorrupt", delta, err)
		}
	}
}

func verifies(t *testing.T, s *Store, m *Manifest, pieces []Piece) {
	t.Helper()
	for _, deep := range []bool{false, true} {
		r, err := s.Verify(t.Context(), m, VerifyOptions{Deep: deep})
		if err != nil || !r.Intact() || r.OK != len(pieces) || len(r.Surplus) != 0 {
			t.Errorf("verify deep=%v: %+v, %v", deep, r, err)
		}
		if deep && len(r.SizeOnly) != 0 {
			t.Errorf("a deep verification leaves %v unread", r.SizeOnly)
		}
	}
	surplus := putBytes(t, s, testSet, "surplus", []byte("x"))
	remove(t, s, pieces[0].Key)
	r, err := s.Verify(t.Context(), m, VerifyOptions{})
	if err != nil || r.Intact() || r.OK != len(pieces)-1 || len(r.Missing) != 1 || r.Missing[0].Key != pieces[0].Key ||
		len(r.Surplus) != 1 || r.Surplus[0] != surplus.Key {
		t.Errorf("verify after damage: %+v, %v", r, err)
	}
	if err := s.DropObjects(t.Context(), []string{surplus.Key, pieces[1].Key}); !errors.Is(err, ErrCommitted) {
		t.Errorf("dropping a committed piece: %v, want ErrCommitted", err)
	}
	if err := s.DropObjects(t.Context(), []string{surplus.Key}); err != nil {
		t.Errorf("dropping what no manifest names: %v", err)
	}
	if _, err := s.RemovePieces(t.Context(), testSet, testStart); !errors.Is(err, ErrCommitted) {
		t.Errorf("removing a committed set: %v, want ErrCommitted", err)
	}
	r, err = s.Verify(t.Context(), m, VerifyOptions{})
	if err != nil || r.OK != len(pieces)-1 || len(r.Surplus) != 0 {
		t.Errorf("after dropping the surplus: %+v, %v", r, err)
	}
}

// remove deletes an object behind the store's back.
func remove(t *testing.T, s *Store, key string) {
	t.Helper()
	if _, err := s.api.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: s.bucket(), Key: &key}); err != nil {
		t.Fatal(err)
	}
}

// place puts an object behind the store's back.
func place(t *testing.T, s *Store, key string, body []byte) {
	t.Helper()
	in := &s3.PutObjectInput{Bucket: s.bucket(), Key: &key, Body: bytes.NewReader(body)}
	if _, err := s.api.PutObject(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func cleans(t *testing.T, s *Store) {
	t.Helper()
	const set = "20261123T050000Z-archivelog-ORCL-00ff"
	p := putBytes(t, s, set, "arch_1", []byte("an archived log"))
	place(t, s, s.opt.Prefix+"2024/05/06/full_T1.bkp", []byte("old"))
	place(t, s, s.opt.Prefix+"2024/05/06/Z-ctl.bkp", []byte("older"))
	rows, err := s.List(t.Context(), Filter{Foreign: true})
	if err != nil || len(rows) != 3 || rows[0].ID != set || rows[0].Status != StatusIncomplete {
		t.Fatalf("%+v, %v; want an incomplete, a complete and a foreign set", rows, err)
	}
	if f := rows[2]; f.Status != StatusForeign || f.Pieces != 2 || f.Bytes != 8 || f.Key != s.opt.Prefix+"2024/05/06/" {
		t.Errorf("foreign row %+v", f)
	}
	left, err := s.Leftovers(t.Context(), 0)
	if err != nil || len(left) != 1 || left[0].SetID != set || len(left[0].Keys) != 1 || left[0].Keys[0] != p.Key {
		t.Errorf("leftovers %+v, %v", left, err)
	}
	if left, err := s.Leftovers(t.Context(), time.Hour); err != nil || len(left) != 0 {
		t.Errorf("leftovers of an hour %+v, %v", left, err)
	}
	putBytes(t, s, set, "arch_2", []byte("one that nobody remembers"))
	if n, err := s.RemoveOthers(t.Context(), set, time.Time{}, []string{p.Key}); err != nil || n != 1 {
		t.Errorf("removed %d others, %v", n, err)
	}
	if n, err := s.RemovePieces(t.Context(), set, time.Time{}); err != nil || n != 1 {
		t.Errorf("removed %d, %v", n, err)
	}
	for _, key := range []string{"2024/05/06/full_T1.bkp", "catalog/x.json", "../x", ""} {
		if err := s.DropObjects(t.Context(), []string{s.opt.Prefix + key}); !errors.Is(err, ErrInvalid) {
			t.Errorf("dropping %q: %v, want ErrInvalid", key, err)
		}
	}
	objects, err := s.objects(t.Context(), s.opt.Prefix+"catalog/")
	for _, o := range objects {
		if strings.Contains(o.key, "probe") {
			t.Errorf("the probe stayed: %s, %v", o.key, err)
		}
	}
}
