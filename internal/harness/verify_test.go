package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"orabak-tui/s3store"
)

// verified is what --batch verify --json says.
type verified struct {
	Exit int
	Sets []s3store.Report
}

func (w *world) verify(code int, args ...string) verified {
	w.t.Helper()
	e := w.run(nil, append([]string{"--batch", "verify", "--json"}, args...)...)
	var v verified
	if err := json.Unmarshal([]byte(e.out), &v); err != nil || e.code != code || v.Exit != code {
		w.t.Fatalf("verify %v: want exit code %d: %v %v", args, code, err, e)
	}
	return v
}

// object finds the file that holds an object's bytes in the embedded store.
func (w *world) object(key string) string {
	w.t.Helper()
	found, err := filepath.Glob(w.path("s3", bucket, "objects", key+"@*.data"))
	if err != nil || len(found) != 1 {
		w.t.Fatalf("%d files may be %s: %v", len(found), key, err)
	}
	return found[0]
}

// forgetObject takes an object away, by the file that names it.
func (w *world) forgetObject(key string) {
	w.t.Helper()
	must(w.t, os.Remove(w.path("s3", bucket, "objects", key+"@meta.json")))
}

// sets are the manifests in the bucket, newest first.
func (w *world) sets() (all []*s3store.Manifest) {
	w.t.Helper()
	st := w.store()
	rows, err := st.List(w.t.Context(), s3store.Filter{Fresh: true})
	must(w.t, err)
	for _, r := range rows {
		m, err := st.Manifest(w.t.Context(), r)
		must(w.t, err)
		all = append(all, m)
	}
	return all
}

// largest is the key of a set's largest piece, whose size no other has.
func largest(m *s3store.Manifest) string {
	return slices.MaxFunc(m.Pieces, func(a, b s3store.Piece) int { return int(a.Bytes - b.Bytes) }).Key
}

// TestVerify goes through the binary: missing, corrupt and surplus objects are
// named by set and key, and the exit code says which.
func TestVerify(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 700)
	w.batch("full")
	w.work(5)
	w.batch("incremental")
	newest := w.sets()[0]
	if v := w.verify(0); len(v.Sets) != 2 || v.Sets[0].OK == 0 {
		t.Errorf("two good sets: %+v", v)
	}
	t.Run("corrupt", func(t *testing.T) { w.corrupt(t, w.sets()[1]) })
	t.Run("surplus", func(t *testing.T) { w.surplus(t, newest) })
	t.Run("missing", func(t *testing.T) { w.missing(t, newest) })
	t.Run("text", func(t *testing.T) {
		e := w.run(nil, "--batch", "verify", "--deep")
		if e.code != 1 || !strings.Contains(e.out, "missing  "+largest(newest)) || !strings.Contains(e.out, "FAIL  "+newest.ID) {
			t.Errorf("%v", e)
		}
	})
	t.Run("no such set", func(t *testing.T) {
		if e := w.run(nil, "--batch", "verify", "20200101T000000Z-full-HARN-0000"); e.code != 1 || !strings.Contains(e.err, "20200101T000000Z") {
			t.Errorf("%v", e)
		}
	})
	tried("verify: missing, corrupt, surplus", 3, 10)
}

// corrupt flips one byte on the store's disk; only a look at the bytes can see
// it, and it does.
func (w *world) corrupt(t *testing.T, m *s3store.Manifest) {
	key := largest(m)
	path := w.object(key)
	flip := func() {
		b, err := os.ReadFile(path)
		must(t, err)
		b[len(b)/2] ^= 0x40
		must(t, os.WriteFile(path, b, 0o600))
	}
	flip()
	v := w.verify(1, "--deep", m.ID)
	if len(v.Sets) != 1 || v.Sets[0].SetID != m.ID || len(v.Sets[0].Corrupt) != 1 || v.Sets[0].Corrupt[0].Key != key {
		t.Errorf("a flipped byte in %s: %+v", key, v)
	}
	w.env["VERIFY_SAMPLE"] = "100"
	w.save()
	if v := w.verify(1); len(v.Sets) != 2 || len(v.Sets[0].Corrupt)+len(v.Sets[1].Corrupt) != 1 {
		t.Errorf("a sample of 100 %% does not find it: %+v", v)
	}
	delete(w.env, "VERIFY_SAMPLE")
	w.save()
	flip()
	w.verify(0, "--deep")
}

// surplus puts an object beside those of a set.
func (w *world) surplus(t *testing.T, m *s3store.Manifest) {
	key := strings.TrimSuffix(largest(m), filepath.Base(largest(m))) + "HARN_stray_1_1"
	file := w.path("stray")
	must(t, os.WriteFile(file, []byte("not ours"), 0o600))
	_, err := w.store().PutPiece(t.Context(), s3store.PutRequest{Path: file, Key: key})
	must(t, err)
	v := w.verify(3, m.ID)
	if len(v.Sets[0].Surplus) != 1 || v.Sets[0].Surplus[0] != key {
		t.Errorf("a surplus object: %+v", v)
	}
	must(t, w.store().DropObjects(t.Context(), []string{key}))
	w.verify(0, m.ID)
}

// missing takes an object away for good.
func (w *world) missing(t *testing.T, m *s3store.Manifest) {
	key := largest(m)
	w.forgetObject(key)
	v := w.verify(1)
	found := false
	for _, r := range v.Sets {
		found = found || r.SetID == m.ID && len(r.Missing) == 1 && r.Missing[0].Key == key
	}
	if !found {
		t.Errorf("a missing object: %+v", v)
	}
}
