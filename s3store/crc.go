package s3store

import (
	"encoding/base64"
	"encoding/binary"
	"math/bits"
)

// crcPoly is the polynomial of CRC64NVME, bits reversed: bit 63 stands for
// x^0, bit 0 for x^63.
const crcPoly = 0x9a6c9329ac4bc9b5

// crcPowers[k] is x^(2^k) modulo the polynomial.
var crcPowers = func() (t [67]uint64) {
	t[0] = 1 << 62
	for k := 1; k < len(t); k++ {
		t[k] = crcMul(t[k-1], t[k-1])
	}
	return t
}()

// crcMul multiplies two polynomials modulo crcPoly.
func crcMul(a, b uint64) uint64 {
	var product uint64
	for ; a != 0; a <<= 1 {
		if a>>63 != 0 {
			product ^= b
		}
		carry := b & 1
		b = b>>1 ^ carry*crcPoly
	}
	return product
}

// crcJoin returns the CRC64NVME of a‖b from those of a and b and the length of
// b: appending n bytes multiplies a's remainder by x^(8n). It costs some
// microseconds whatever the length.
func crcJoin(a, b uint64, lenB int64) uint64 {
	for n := uint64(lenB); n != 0; n &= n - 1 {
		a = crcMul(crcPowers[bits.TrailingZeros64(n)+3], a)
	}
	return a ^ b
}

// crcText is the form S3 uses in headers: base64 of the big-endian value.
func crcText(c uint64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], c)
	return base64.StdEncoding.EncodeToString(b[:])
}

// parseCRC reads what crcText writes.
func parseCRC(s string) (uint64, bool) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 8 || len(s) != 12 { // the decoder skips newlines
		return 0, false
	}
	return binary.BigEndian.Uint64(b), true
}
