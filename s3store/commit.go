package s3store

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/minio/crc64nvme"
)

// Commit makes the set exist: the manifest is validated, created under its key
// and read back. It succeeds when the same manifest is already there, and
// fails with ErrExists when the set is committed with other content; then
// Find and Manifest tell which.
//
// A response that was lost is no failure: what counts is what is read back.
func (s *Store) Commit(ctx context.Context, m *Manifest) (key string, err error) {
	if err := s.committable(m); err != nil {
		return "", err
	}
	body, err := encodeManifest(m)
	if err != nil {
		return "", err
	}
	caps, err := s.capabilities(ctx)
	if err != nil {
		return "", err
	}
	row := rowOf(m)
	key = catalogKey(s.opt.Prefix, row)
	if len(key) > maxKey {
		return "", invalid("its key has %d bytes; shorten the prefix", len(key))
	}
	// The key carries the row, so a set committed before with another row has
	// another key: the condition alone would not see it.
	if other, err := s.manifestKey(ctx, row.DBName, row.DBID, m.ID); err != nil {
		return "", err
	} else if other != "" && other != key {
		return other, s.exists(other, errors.New("the set is committed with another manifest"))
	}
	if err := s.create(ctx, key, body, caps); err != nil && !errors.Is(err, errPrecondition) {
		return "", err
	}
	if err := s.readBackManifest(ctx, key, body); err != nil {
		return "", err
	}
	s.cache.putManifest(m.ID, body)
	return key, nil
}

// committable checks, besides validity, that every piece is under the prefix.
func (s *Store) committable(m *Manifest) error {
	if err := m.Validate(); err != nil {
		return err
	}
	return s.ownKeys(m)
}

// ownKeys refuses a manifest that names objects outside the prefix, or in the
// folder of another set: cleaning up after that set would take them away.
func (s *Store) ownKeys(m *Manifest) error {
	for i := range m.Pieces {
		key := m.Pieces[i].Key
		_, dated := dayOf(s.opt.Prefix, key)
		if _, id := s.setOf(key); !dated || id != "" && id != m.ID {
			return invalid("piece %q lies outside the set's folder", m.Pieces[i].Name)
		}
	}
	return nil
}

func (s *Store) exists(key string, reason error) error {
	return &Error{
		Op: "commit", Bucket: s.opt.Bucket, Key: key, Kind: ErrExists, Err: reason,
		Remedy: "read what is there with show; nothing was overwritten",
	}
}

// create puts the manifest unless its key exists. A try whose answer was lost
// may have created it: the condition then fails on the next, and the caller
// reads it back.
func (s *Store) create(ctx context.Context, key string, body []byte, caps Capabilities) error {
	if !caps.ConditionalCreate {
		_, err := s.head(ctx, "commit", key)
		if err == nil {
			return errPrecondition
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	in := s.putInput(key, body, caps)
	in.ContentType = str("application/json")
	s.locked(func(mode types.ObjectLockMode, until time.Time) {
		in.ObjectLockMode, in.ObjectLockRetainUntilDate = mode, &until
	})
	if caps.ConditionalCreate {
		in.IfNoneMatch = str("*")
	}
	patience := s.opt.StallTimeout + time.Duration(len(body)>>16)*time.Second // 64 KiB a second
	return s.retry(ctx, subject{"commit", key}, s.brief(patience, func(ctx context.Context) error {
		in.Body = bytes.NewReader(body)
		_, err := s.api.PutObject(ctx, in)
		return err
	}))
}

// putInput is what every small object is put with.
func (s *Store) putInput(key string, body []byte, caps Capabilities) *s3.PutObjectInput {
	in := &s3.PutObjectInput{
		Bucket: s.bucket(), Key: &key, Body: bytes.NewReader(body), ContentLength: new(int64(len(body))),
		ServerSideEncryption: types.ServerSideEncryption(s.opt.SSE), SSEKMSKeyId: str(s.opt.SSEKMSKeyID),
	}
	if caps.ChecksumAccepted {
		in.ChecksumCRC64NVME = str(crcText(crc64nvme.Checksum(body)))
	} else {
		in.ContentMD5 = str(md5Text(md5.Sum(body)))
	}
	return in
}

func md5Text(sum [md5.Size]byte) string { return base64.StdEncoding.EncodeToString(sum[:]) }

// locked calls set when objects are to be locked.
func (s *Store) locked(set func(types.ObjectLockMode, time.Time)) {
	if s.opt.ObjectLockMode != "" {
		until := s.opt.Now().UTC().AddDate(0, 0, s.opt.ObjectLockDays).Truncate(time.Second)
		set(types.ObjectLockMode(s.opt.ObjectLockMode), until)
	}
}

// readBackManifest compares what is there with what was to be written. A
// difference is looked at twice: the bytes may have changed on the way here.
func (s *Store) readBackManifest(ctx context.Context, key string, want []byte) error {
	for range 2 {
		got, err := s.getSmall(ctx, "read back", key, maxManifest)
		if err != nil {
			return err
		}
		if bytes.Equal(got, want) {
			return nil
		}
	}
	return s.exists(key, errors.New("the manifest there is another"))
}

// getSmall fetches an object into memory, at most limit bytes of it.
func (s *Store) getSmall(ctx context.Context, op, key string, limit int64) ([]byte, error) {
	var body []byte
	err := s.retry(ctx, subject{op, key}, func(ctx context.Context) error {
		ctx, dog := watch(ctx, s.opt.StallTimeout)
		defer dog.stop()
		out, err := s.api.GetObject(ctx, &s3.GetObjectInput{
			Bucket: s.bucket(), Key: &key, ChecksumMode: types.ChecksumModeEnabled, // verified by the SDK
		})
		if err != nil {
			return stalled(ctx, err)
		}
		defer out.Body.Close()
		body, err = io.ReadAll(io.LimitReader(dog.reader(out.Body), limit+1))
		return stalled(ctx, err)
	})
	if err == nil && int64(len(body)) > limit {
		return nil, &Error{
			Op: op, Bucket: s.opt.Bucket, Key: key, Kind: ErrFormat,
			Err: fmt.Errorf("more than %d bytes", limit),
		}
	}
	return body, err
}
