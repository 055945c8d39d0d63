package piece

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"orabak-tui/internal/demo/oradb"
)

func write(t *testing.T, path string, packed bool, frames ...[]byte) {
	t.Helper()
	w, err := Create(path, 3, packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := w.Frame(Blocks, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Finish(Header{DBID: 7, DBName: "DEMO", Number: 1, Last: true, Tag: "T",
		Records: oradb.SetRecords{Set: oradb.BackupSet{Level: 1}}}); err != nil {
		t.Fatal(err)
	}
}

func read(path string) ([][]byte, error) {
	r, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var out [][]byte
	for {
		_, b, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, b)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, packed := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "p")
		frames := [][]byte{bytes.Repeat([]byte("abc"), 5000), {}, {1}}
		write(t, path, packed, frames...)
		got, err := read(path)
		if err != nil || len(got) != 3 || !bytes.Equal(got[0], frames[0]) || !bytes.Equal(got[2], frames[2]) {
			t.Errorf("packed %v: %d frames, %v", packed, len(got), err)
		}
		h, err := ReadHeader(path)
		if err != nil || h.DBID != 7 || h.Records.Set.Level != 1 || !h.Last {
			t.Errorf("header %+v, %v", h, err)
		}
	}
}

// TestUnfinished: until Finish, the file is there and is no piece.
func TestUnfinished(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	w, err := Create(path, 1, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Frame(Blocks, make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadHeader(path); !errors.Is(err, ErrHeader) {
		t.Errorf("got %v", err)
	}
	w.Abandon()
	if _, err := Create(path, 1, false, nil); !errors.Is(err, os.ErrExist) {
		t.Errorf("second create: %v", err)
	}
}

// TestDamage flips every 97th byte behind the header: each must be noticed.
func TestDamage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	write(t, path, false, bytes.Repeat([]byte("x"), 3000), bytes.Repeat([]byte("y"), 3000))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 2 * unit; at < len(good); at += 97 {
		bad := bytes.Clone(good)
		bad[at] ^= 1
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		var c *CorruptError
		if _, err := read(path); !errors.As(err, &c) {
			t.Fatalf("byte %d: %v", at, err)
		}
	}
	if err := os.WriteFile(path, good[:len(good)-10], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := read(path); err == nil {
		t.Error("a cut piece was read")
	}
}

func TestBefore(t *testing.T) {
	stop := errors.New("stop")
	total := 0
	w, err := Create(filepath.Join(t.TempDir(), "p"), 1, false, func(n int) error {
		if total += n; total > 30000 {
			return stop
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Frame(Blocks, make([]byte, 20000)); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	w.Abandon()
}

func FuzzReadHeader(f *testing.F) {
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "p")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		_, _ = read(path)
	})
}
