package s3store

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// stored is what a HEAD says of an object.
type stored struct {
	size     int64
	crc      string // CRC64NVME of the whole object, empty where none is kept
	etag     string // without quotes
	modified time.Time
	lock     Lock
}

// head asks for an object's size and checksum. ErrNotFound when it is not
// there.
func (s *Store) head(ctx context.Context, op, key string) (stored, error) {
	var h stored
	err := s.call(ctx, subject{op, key}, func(ctx context.Context) error {
		out, err := s.api.HeadObject(ctx, &s3.HeadObjectInput{
			Bucket: s.bucket(), Key: &key, ChecksumMode: types.ChecksumModeEnabled,
		})
		if err != nil {
			return err
		}
		h = stored{
			size: aws.ToInt64(out.ContentLength), etag: unquoted(aws.ToString(out.ETag)),
			modified: aws.ToTime(out.LastModified),
			lock:     Lock{string(out.ObjectLockMode), aws.ToTime(out.ObjectLockRetainUntilDate)},
		}
		// A composite checksum ("…-3") is none of the whole object.
		if _, ok := parseCRC(aws.ToString(out.ChecksumCRC64NVME)); ok {
			h.crc = *out.ChecksumCRC64NVME
		}
		return nil
	})
	return h, err
}

// content is what was read from a local file: what an object must be.
type content struct {
	size   int64
	crc    uint64
	sha256 string
	// md5s are those of the parts, in order; empty where the store keeps
	// checksums and MD5 was not computed.
	md5s      [][]byte
	multipart bool
}

// errDiffers says that an object is not the content compared with it.
var errDiffers = errors.New("the object differs")

// confirm compares an object with the content and returns errDiffers when it
// is other content. It takes the cheapest proof there is: the checksum the
// store verified and kept, the ETag against MD5s computed here, the bytes.
func (s *Store) confirm(ctx context.Context, key string, want content) (stored, error) {
	h, err := s.head(ctx, "confirm piece", key)
	if err != nil {
		return h, err
	}
	caps, err := s.capabilities(ctx)
	switch {
	case err != nil:
		return h, err
	case h.size != want.size:
		return h, fmt.Errorf("%w: it has %d bytes, not %d", errDiffers, h.size, want.size)
	case h.crc != "" && h.crc != crcText(want.crc):
		return h, fmt.Errorf("%w: it has CRC64NVME %s, not %s", errDiffers, h.crc, crcText(want.crc))
	case h.crc != "" && caps.trusted(want.multipart):
		return h, nil
	}
	if want.multipart && h.crc == "" && caps.MultipartChecksum {
		caps.MultipartChecksum = false // from now on MD5 is computed on the way
		s.learn(caps)
	}
	if len(want.md5s) > 0 && h.etag == etagOf(want) {
		return h, nil
	}
	return h, s.readBack(ctx, key, want)
}

// etagOf is the ETag that S3 documents: the MD5 of an object put at once, the
// MD5 of the parts' MD5s with their number otherwise.
func etagOf(c content) string {
	if !c.multipart {
		return hex.EncodeToString(c.md5s[0])
	}
	h := md5.New()
	for _, m := range c.md5s {
		h.Write(m)
	}
	return fmt.Sprintf("%x-%d", h.Sum(nil), len(c.md5s))
}

// readBack fetches an object and compares its bytes' checksum: the proof that
// needs nothing from the store.
func (s *Store) readBack(ctx context.Context, key string, want content) error {
	got, err := s.hashObject(ctx, key, want.size, false, nil)
	if err != nil {
		return err
	}
	if got.crc != want.crc {
		return fmt.Errorf("%w: its bytes have CRC64NVME %s, not %s", errDiffers, crcText(got.crc), crcText(want.crc))
	}
	return nil
}
