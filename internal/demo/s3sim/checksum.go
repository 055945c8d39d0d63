package s3sim

import (
	"crypto/sha1" //nolint:gosec // one of S3's checksum algorithms, not a signature
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"hash/crc32"
	"net/http"
	"strings"

	"github.com/minio/crc64nvme"
)

// algorithm is an S3 checksum algorithm, by the name S3 gives it.
type algorithm string

const (
	crc32IEEE  algorithm = "CRC32"
	crc32C     algorithm = "CRC32C"
	crc64NVME  algorithm = "CRC64NVME"
	sha1Sum    algorithm = "SHA1"
	sha256Sum  algorithm = "SHA256"
	noChecksum algorithm = ""
)

// The two ways in which a multipart object can have a checksum: over its
// bytes, or over the checksums of its parts.
const (
	fullObject = "FULL_OBJECT"
	composite  = "COMPOSITE"
)

var algorithms = []algorithm{crc64NVME, crc32C, crc32IEEE, sha256Sum, sha1Sum}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (a algorithm) new() hash.Hash {
	switch a {
	case crc32IEEE:
		return crc32.NewIEEE()
	case crc32C:
		return crc32.New(castagnoli)
	case sha1Sum:
		return sha1.New() //nolint:gosec // see the import
	case sha256Sum:
		return sha256.New()
	default:
		return crc64nvme.New()
	}
}

func (a algorithm) size() int { return a.new().Size() }

// linear tells the CRCs, which can describe a whole object sent in parts, from
// the digests, which cannot.
func (a algorithm) linear() bool { return a == crc32IEEE || a == crc32C || a == crc64NVME }

func (a algorithm) header() string { return "x-amz-checksum-" + strings.ToLower(string(a)) }

func algorithmNamed(name string) (algorithm, error) {
	for _, a := range algorithms {
		if strings.EqualFold(name, string(a)) {
			return a, nil
		}
	}
	return noChecksum, errInvalidRequest.because("The checksum algorithm %q is not known.", name)
}

// checksum is a value in base64, as it travels and as it is stored.
type checksum struct {
	Algorithm algorithm `json:"algorithm"`
	Value     string    `json:"value"`
	Type      string    `json:"type,omitempty"` // fullObject or composite
}

func (c checksum) set(h http.Header) {
	if c.Value == "" {
		return
	}
	h.Set(c.Algorithm.header(), c.Value)
	if c.Type != "" {
		h.Set("x-amz-checksum-type", c.Type)
	}
}

// checksumOf reads the one x-amz-checksum-* value that h may carry; without
// one the result is zero.
func checksumOf(h http.Header) (checksum, error) {
	var found checksum
	for _, a := range algorithms {
		v := h.Get(a.header())
		if v == "" {
			continue
		}
		if found.Value != "" {
			return checksum{}, errInvalidRequest.because("Only one checksum may be given.")
		}
		found = checksum{Algorithm: a, Value: v}
	}
	return found, nil
}

// valid refuses what cannot be a value of its algorithm. A composite value has
// the number of its parts behind it.
func (c checksum) valid() error {
	text := c.Value
	if c.Type == composite {
		text, _, _ = strings.Cut(text, "-")
	}
	raw, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(raw) != c.Algorithm.size() {
		return errInvalidRequest.because("Value for %s header is invalid.", c.Algorithm.header())
	}
	return nil
}

// digests computes several checksums of one stream at once.
type digests map[algorithm]hash.Hash

func (d digests) add(a algorithm) {
	if a != noChecksum && d[a] == nil {
		d[a] = a.new()
	}
}

func (d digests) Write(p []byte) (int, error) {
	for _, h := range d {
		_, _ = h.Write(p) // a hash.Hash never fails
	}
	return len(p), nil
}

func (d digests) of(a algorithm) checksum {
	if d[a] == nil {
		return checksum{}
	}
	return checksum{Algorithm: a, Value: base64.StdEncoding.EncodeToString(d[a].Sum(nil))}
}
