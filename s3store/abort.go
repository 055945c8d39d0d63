package s3store

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// abort removes an upload's parts from the store, with its own time, since the
// reason to abort may be that the caller's has run out. What remains is found
// by AbortUploads.
func (s *Store) abort(ctx context.Context, key, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	_ = s.abortUpload(ctx, key, id)
}

// abortOthers aborts the uploads of a key but one. It is tidiness: what it
// misses is found by AbortUploads.
func (s *Store) abortOthers(ctx context.Context, key, id string) {
	uploads, _ := s.uploads(ctx, key)
	for _, u := range uploads {
		if aws.ToString(u.Key) == key && aws.ToString(u.UploadId) != id {
			s.abort(ctx, key, *u.UploadId)
		}
	}
}

func (s *Store) abortUpload(ctx context.Context, key, id string) error {
	err := s.call(ctx, subject{"abort upload", key}, func(ctx context.Context) error {
		_, err := s.api.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: s.bucket(), Key: &key, UploadId: &id})
		return err
	})
	if errors.Is(err, errNoUpload) || errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
