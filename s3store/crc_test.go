package s3store

import (
	"testing"

	"github.com/minio/crc64nvme"
	"pgregory.net/rapid"
)

// The checksum of a whole is that of its parts joined, wherever it is cut.
func TestCRCJoin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.SliceOfN(rapid.Byte(), 0, 5000).Draw(t, "bytes")
		var joined uint64
		for rest := whole; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "cut")
			joined = crcJoin(joined, crc64nvme.Checksum(rest[:n]), int64(n))
			rest = rest[n:]
		}
		if want := crc64nvme.Checksum(whole); joined != want {
			t.Fatalf("joined %x, want %x", joined, want)
		}
	})
}

func TestCRCJoinOfManyBytes(t *testing.T) {
	a, b := randomBytes(1, 1<<20+17), randomBytes(2, 3<<20+5)
	want := crc64nvme.Update(crc64nvme.Checksum(a), b)
	if got := crcJoin(crc64nvme.Checksum(a), crc64nvme.Checksum(b), int64(len(b))); got != want {
		t.Errorf("joined %x, want %x", got, want)
	}
}

// 123456789 is the check string of CRC catalogues.
func TestCRCText(t *testing.T) {
	const want = "rosUhgp5mIg="
	if got := crcText(crc64nvme.Checksum([]byte("123456789"))); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.Uint64().Draw(t, "crc")
		if got, ok := parseCRC(crcText(c)); !ok || got != c {
			t.Fatalf("%x came back as %x, %v", c, got, ok)
		}
	})
	for _, bad := range []string{"", "AAAA", want[:11], want + "A", want + "\n", "rosUhgp5mIg=-3", "rosUhgp5mIh="} {
		if _, ok := parseCRC(bad); ok {
			t.Errorf("%q was read", bad)
		}
	}
}
