package s3store

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// pageKeys is how many keys a page holds at most.
const pageKeys = 1000

// object is a row of a bucket listing.
type object struct {
	key      string
	size     int64
	modified time.Time
}

// span says what to list: the keys that begin with prefix and sort after
// after, those with the delimiter behind the prefix rolled up.
type span struct {
	prefix, after, delimiter string
}

// eachPage lists page by page, one request each, until there are no more or
// visit returns false. Keys come as they are, whatever characters they hold.
func (s *Store) eachPage(ctx context.Context, what span, visit func(objects []object, rolled []string) bool) error {
	in := &s3.ListObjectsV2Input{
		Bucket: s.bucket(), Prefix: &what.prefix, StartAfter: str(what.after), Delimiter: str(what.delimiter),
		EncodingType: types.EncodingTypeUrl,
	}
	for {
		var out *s3.ListObjectsV2Output
		err := s.call(ctx, subject{"list", what.prefix}, func(ctx context.Context) (err error) {
			out, err = s.api.ListObjectsV2(ctx, in)
			return err
		})
		if err != nil {
			return err
		}
		objects, rolled := decodePage(out, what.after)
		if !visit(objects, rolled) || !aws.ToBool(out.IsTruncated) {
			return nil
		}
		next := aws.ToString(out.NextContinuationToken)
		if next == "" || next == aws.ToString(in.ContinuationToken) {
			return &Error{
				Op: "list", Bucket: s.opt.Bucket, Key: what.prefix, Kind: ErrInvalid,
				Err: errors.New("the listing goes on, but the store does not say where"),
			}
		}
		in.ContinuationToken = &next
	}
}

// decodePage undoes the encoding of keys and drops what sorts before the
// start: some stores ignore it.
func decodePage(out *s3.ListObjectsV2Output, after string) (objects []object, rolled []string) {
	plain := func(k *string) string { return aws.ToString(k) }
	if out.EncodingType == types.EncodingTypeUrl {
		plain = func(k *string) string {
			if v, err := url.QueryUnescape(aws.ToString(k)); err == nil {
				return v
			}
			return aws.ToString(k)
		}
	}
	for _, c := range out.Contents {
		if key := plain(c.Key); key > after {
			objects = append(objects, object{key, aws.ToInt64(c.Size), aws.ToTime(c.LastModified)})
		}
	}
	for _, p := range out.CommonPrefixes {
		rolled = append(rolled, plain(p.Prefix))
	}
	return objects, rolled
}

// objects lists all there is under a prefix.
func (s *Store) objects(ctx context.Context, prefix string) ([]object, error) {
	var all []object
	err := s.eachPage(ctx, span{prefix: prefix}, func(objects []object, _ []string) bool {
		all = append(all, objects...)
		return true
	})
	return all, err
}

// level lists one level of folders: the objects in it and the folders.
func (s *Store) level(ctx context.Context, prefix string) (files []object, folders []string, err error) {
	err = s.eachPage(ctx, span{prefix: prefix, delimiter: "/"}, func(objects []object, rolled []string) bool {
		files, folders = append(files, objects...), append(folders, rolled...)
		return true
	})
	return files, folders, err
}
