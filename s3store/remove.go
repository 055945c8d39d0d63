package s3store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Leftover is a set folder without a manifest.
type Leftover struct {
	SetID   string
	DBName  string // as the set id spells it
	Started time.Time
	Newest  time.Time // last modification of its newest object
	Keys    []string
	Bytes   int64
}

// Leftovers lists the set folders without a manifest whose newest object was
// written longer ago than that. A run in progress is one of them until it
// commits: choose olderThan accordingly.
func (s *Store) Leftovers(ctx context.Context, olderThan time.Duration) ([]Leftover, error) {
	known, err := s.List(ctx, Filter{Fresh: true})
	if err != nil {
		return nil, err
	}
	var found *folders
	if severalDBs(known) {
		found, err = s.walk(ctx, "", "") // exact, where seconds may collide
	} else {
		found, err = s.scan(ctx, "", "", bySecond)
	}
	if err != nil {
		return nil, err
	}
	rows, err := s.incomplete(ctx, found.stamps, known)
	if err != nil {
		return nil, err
	}
	var all []Leftover
	for _, row := range rows {
		if s.opt.Now().Sub(row.CompletedAt) < olderThan {
			continue
		}
		objects, err := s.objects(ctx, row.Key)
		if err != nil {
			return nil, err
		}
		l := Leftover{SetID: row.ID, DBName: row.DBName, Started: row.StartedAt, Newest: row.CompletedAt, Bytes: row.Bytes}
		for _, o := range objects {
			l.Keys = append(l.Keys, o.key)
		}
		all = append(all, l)
	}
	return all, nil
}

func severalDBs(rows []Set) bool {
	return slices.ContainsFunc(rows, func(r Set) bool { return r.DBName != rows[0].DBName || r.DBID != rows[0].DBID })
}

// RemovePieces deletes the objects of a set that was not committed and returns
// how many. ErrCommitted when it was.
func (s *Store) RemovePieces(ctx context.Context, setID string, started time.Time) (int, error) {
	return s.RemoveOthers(ctx, setID, started, nil)
}

// RemoveOthers is RemovePieces for all objects but those whose keys are to stay:
// of a set that goes on, what nobody remembers any more.
func (s *Store) RemoveOthers(ctx context.Context, setID string, started time.Time, stay []string) (int, error) {
	if _, ok := parseSetID(setID); !ok {
		return 0, s.noManifest(setID)
	}
	objects, err := s.objects(ctx, s.opt.Prefix+setFolder(setID, started))
	if err != nil {
		return 0, err
	}
	keys := make([]string, 0, len(objects))
	for _, o := range objects {
		if !slices.Contains(stay, o.key) {
			keys = append(keys, o.key)
		}
	}
	// Asked last, right before the deletion.
	if row, err := s.Find(ctx, setID); err == nil {
		return 0, s.committed("remove pieces", row.Key)
	} else if !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	return len(keys), s.deleteKeys(ctx, "remove pieces", keys)
}

func (s *Store) committed(op, key string) error {
	return &Error{
		Op: op, Bucket: s.opt.Bucket, Key: key, Kind: ErrCommitted,
		Err: errors.New("nothing was deleted"), Remedy: "sets are removed by prune",
	}
}

// DropObjects deletes objects that no manifest names: ErrCommitted and nothing
// deleted when a manifest names one, ErrInvalid when a key is not that of a
// piece of ours.
func (s *Store) DropObjects(ctx context.Context, keys []string) error {
	sets := map[string]bool{}
	for _, key := range keys {
		if !s.isPieceKey(key) {
			return s.refuse("drop objects", key)
		}
		_, id := s.setOf(key)
		sets[id] = true
	}
	for id := range sets {
		row, err := s.Find(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		m, err := s.fetchManifest(ctx, row)
		if err != nil {
			return err
		}
		for i := range m.Pieces {
			if slices.Contains(keys, m.Pieces[i].Key) {
				return s.committed("drop objects", m.Pieces[i].Key)
			}
		}
	}
	return s.deleteKeys(ctx, "drop objects", keys)
}

// deleteKeys deletes, a thousand at a time. Objects that are not there are
// deleted already.
func (s *Store) deleteKeys(ctx context.Context, op string, keys []string) error {
	s.cache.dropOldRows()
	for chunk := range slices.Chunk(keys, pageKeys) {
		ids := make([]types.ObjectIdentifier, 0, len(chunk))
		for _, key := range chunk {
			ids = append(ids, types.ObjectIdentifier{Key: new(key)})
		}
		var out *s3.DeleteObjectsOutput
		err := s.call(ctx, subject{op, chunk[0]}, func(ctx context.Context) (err error) {
			out, err = s.api.DeleteObjects(ctx, &s3.DeleteObjectsInput{
				Bucket: s.bucket(), Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)},
			})
			return err
		})
		if errors.Is(err, errUnsupported) {
			err = s.deleteEach(ctx, op, chunk)
			out = &s3.DeleteObjectsOutput{}
		}
		if err != nil {
			return err
		}
		for _, e := range out.Errors {
			if err := s.deleteError(op, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// deleteEach serves stores that delete one object at a time.
func (s *Store) deleteEach(ctx context.Context, op string, keys []string) error {
	for _, key := range keys {
		err := s.call(ctx, subject{op, key}, func(ctx context.Context) error {
			_, err := s.api.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: s.bucket(), Key: &key})
			return err
		})
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// deleteError is the failure of one key among many.
func (s *Store) deleteError(op string, e types.Error) error {
	k, known := codes[aws.ToString(e.Code)]
	switch {
	case known && k.is(ErrNotFound):
		return nil
	case !known:
		k.kind = ErrUnavailable
	}
	return &Error{
		Op: op, Bucket: s.opt.Bucket, Key: s.scrub(aws.ToString(e.Key)), Kind: k.kind, Remedy: remedies[k.kind],
		Err: errors.New(s.scrub(fmt.Sprintf("%s: %s", aws.ToString(e.Code), aws.ToString(e.Message)))),
	}
}

// AbortUploads aborts multipart uploads begun longer ago than olderThan, those
// of one set when setID is not empty, and returns how many. MinIO lists
// uploads by exact key only and drops them itself after a day: there, use
// AbortResume with the journal.
func (s *Store) AbortUploads(ctx context.Context, setID string, olderThan time.Duration) (int, error) {
	prefix := s.opt.Prefix
	if setID != "" {
		if _, ok := parseSetID(setID); !ok {
			return 0, s.noManifest(setID)
		}
		prefix += setFolder(setID, time.Time{})
	}
	uploads, err := s.uploads(ctx, prefix)
	if err != nil {
		return 0, err
	}
	count := 0
	for _, u := range uploads {
		key := aws.ToString(u.Key)
		if !strings.HasPrefix(key, prefix) || !s.isPieceKey(key) ||
			s.opt.Now().Sub(aws.ToTime(u.Initiated)) < olderThan {
			continue
		}
		if err := s.abortUpload(ctx, key, aws.ToString(u.UploadId)); err != nil {
			return count, err
		}
		count++
	}
	return count, nil
}

// uploads lists the multipart uploads under a prefix. A store that cannot has
// none that could be found.
func (s *Store) uploads(ctx context.Context, prefix string) ([]types.MultipartUpload, error) {
	var all []types.MultipartUpload
	in := &s3.ListMultipartUploadsInput{Bucket: s.bucket(), Prefix: &prefix}
	for {
		var out *s3.ListMultipartUploadsOutput
		err := s.call(ctx, subject{"list uploads", prefix}, func(ctx context.Context) (err error) {
			out, err = s.api.ListMultipartUploads(ctx, in)
			return err
		})
		if errors.Is(err, errUnsupported) || errors.Is(err, errNoUpload) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, out.Uploads...)
		next, id := aws.ToString(out.NextKeyMarker), aws.ToString(out.NextUploadIdMarker)
		if !aws.ToBool(out.IsTruncated) || next == aws.ToString(in.KeyMarker) && id == aws.ToString(in.UploadIdMarker) {
			return all, nil
		}
		in.KeyMarker, in.UploadIdMarker = &next, str(id)
	}
}
