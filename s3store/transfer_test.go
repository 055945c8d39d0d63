package s3store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestPieceComesBackAsItWas(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Endpoint: simulator(t), Checksum: "sha256", part: realPart})
	for name, size := range map[string]int{
		"empty": 0, "one": 1, "small": 300_000, "part": realPart, "over": realPart + 1, "parts": 2*realPart + 12345,
	} {
		want := randomBytes(uint64(size), size)
		p := pieceOf(s, testSet, name, want)
		var last int64
		r, err := s.PutPiece(t.Context(), PutRequest{
			Path: writeFile(t, name, want), Key: p.Key, ExpectSize: int64(size),
			Progress: func(n int64) { last = n },
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if r.CRC64NVME != p.CRC64NVME || r.SHA256 != p.SHA256 || r.Accepted || r.Retries != 0 || r.ResentBytes != 0 {
			t.Errorf("%s: %+v", name, r)
		}
		if size > 0 && last != int64(size) {
			t.Errorf("%s: progress ended at %d of %d", name, last, size)
		}
		path := filepath.Join(t.TempDir(), name)
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got, _ := os.ReadFile(path); !bytes.Equal(got, want) {
			t.Errorf("%s: came back different", name)
		}
		left, _ := filepath.Glob(path + ".*")
		if len(left) > 0 {
			t.Errorf("%s: left behind %v", name, left)
		}
	}
}

func TestPutIsIdempotentAndNeverOverwrites(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Endpoint: simulator(t), part: realPart})
	for name, size := range map[string]int{"small": 1000, "parts": 2*realPart + 5} {
		first := randomBytes(1, size)
		p := putBytes(t, s, testSet, name, first)
		r, err := s.PutPiece(t.Context(), PutRequest{Path: writeFile(t, name, first), Key: p.Key})
		if err != nil || !r.Accepted || r.CRC64NVME != p.CRC64NVME {
			t.Errorf("%s again: %+v, %v; want it accepted", name, r, err)
		}
		other := bytes.Clone(first)
		other[size/2] ^= 1
		for what, b := range map[string][]byte{"same size": other, "longer": append(other, 1)} {
			_, err = s.PutPiece(t.Context(), PutRequest{Path: writeFile(t, name, b), Key: p.Key})
			if !errors.Is(err, ErrExists) {
				t.Errorf("%s over another, %s: %v, want ErrExists", name, what, err)
			}
		}
		path := filepath.Join(t.TempDir(), name)
		if err := s.GetPiece(t.Context(), GetRequest{Piece: p, Path: path}); err != nil {
			t.Errorf("%s was overwritten: %v", name, err)
		}
	}
}
