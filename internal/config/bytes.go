package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Bytes is an amount of bytes. Units are powers of 1024, as RMAN counts.
type Bytes int64

// The units of Bytes.
const (
	KiB Bytes = 1 << 10
	MiB Bytes = 1 << 20
	GiB Bytes = 1 << 30
	TiB Bytes = 1 << 40
	PiB Bytes = 1 << 50
)

const bytesSyntax = "a number with K, M, G or T, such as 200M or 1.5T"

// errBytes is what ParseBytes says of anything it cannot read.
var errBytes = errors.New("not a size: " + bytesSyntax)

// ParseBytes reads "4G", "200M", "1.5T", "64KiB", "512mb" or plain bytes.
// Negative, fractional and overflowing amounts of bytes are refused.
func ParseBytes(s string) (Bytes, error) {
	digits := strings.TrimRight(s, "KMGTPEIBkmgtpeib \t")
	unit, ok := unitOf(strings.TrimSpace(s[len(digits):]))
	if !ok || digits == "" || strings.Trim(digits, "0123456789.") != "" {
		return 0, errBytes
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		if n > math.MaxInt64/int64(unit) {
			return 0, errBytes
		}
		return Bytes(n) * unit, nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || unit == 1 || f*float64(unit) >= math.MaxInt64 {
		return 0, errBytes
	}
	return Bytes(math.Round(f * float64(unit))), nil
}

func unitOf(s string) (Bytes, bool) {
	s = strings.ToUpper(s)
	if s == "" || s == "B" {
		return 1, true
	}
	if rest := s[1:]; rest != "" && rest != "B" && rest != "IB" {
		return 0, false
	}
	switch s[0] {
	case 'K':
		return KiB, true
	case 'M':
		return MiB, true
	case 'G':
		return GiB, true
	case 'T':
		return TiB, true
	case 'P':
		return PiB, true
	}
	return 0, false
}

// String is for people: "512 B", "4.0 GiB".
func (b Bytes) String() string {
	if b > -KiB && b < KiB {
		return strconv.FormatInt(int64(b), 10) + " B"
	}
	v, unit := float64(b)/float64(KiB), 0
	for math.Abs(v) >= 1023.95 && unit < len("KMGTPE")-1 {
		v, unit = v/1024, unit+1
	}
	return strconv.FormatFloat(v, 'f', 1, 64) + " " + "KMGTPE"[unit:unit+1] + "iB"
}

// Rate is String per second: "42.0 MiB/s".
func (b Bytes) Rate() string { return b.String() + "/s" }
