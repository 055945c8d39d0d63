package s3sim

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"pgregory.net/rapid"
)

var strangeKeys = []string{
	"a", "a/b", "a//b", "a/", "/a", "//", "../../etc/passwd", "./x", "..", ".", "a b+c", "a~b", "a@b", "@", "a@meta.json",
	"ä/ö", "日本", "a%2Fb", "a\x01b", "a\"<&>'", "-x", strings.Repeat("x", 75), strings.Repeat("x", 76), strings.Repeat("x", 76) + "/",
	strings.Repeat("x", 76) + "/y", strings.Repeat("x", 77), strings.Repeat("x", 1024), strings.Repeat("ü/", 300),
	strings.Repeat("x", 75) + "/z", strings.Repeat("x", 76) + "-", "x.json", "x.data", "x@00.data",
}

func TestStrangeKeys(t *testing.T) {
	dir := t.TempDir()
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	for _, k := range strangeKeys {
		mustPut(t, c, k, []byte(k))
	}
	for _, k := range strangeKeys {
		if got := string(get(t, c, k)); got != k {
			t.Errorf("%q holds %q", k, got)
		}
	}
	sorted := slices.Sorted(slices.Values(strangeKeys))
	got := listAll(t, c, &s3.ListObjectsV2Input{EncodingType: types.EncodingTypeUrl})
	for i, k := range sorted {
		if i >= len(got) || got[i] != awsEscape(k, true) {
			t.Fatalf("key %d of %d is not %.99q", i, len(got), k)
		}
	}
	for _, k := range strangeKeys {
		if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(testBucket), Key: &k}); err != nil {
			t.Error(err)
		}
	}
	left, err := os.ReadDir(filepath.Join(dir, testBucket, "objects"))
	if err != nil || len(left) > 0 {
		t.Errorf("left on disk: %v %v", left, err)
	}
}

// listAll pages through a list; common prefixes are among the keys, in order.
func listAll(t *testing.T, c *s3.Client, in *s3.ListObjectsV2Input) []string {
	t.Helper()
	in.Bucket = aws.String(testBucket)
	var got []string
	for p := s3.NewListObjectsV2Paginator(c, in); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if int(*page.KeyCount) != len(page.Contents)+len(page.CommonPrefixes) || *page.KeyCount > *page.MaxKeys {
			t.Errorf("KeyCount %d, %d keys, %d prefixes", *page.KeyCount, len(page.Contents), len(page.CommonPrefixes))
		}
		var keys []string
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
		for _, p := range page.CommonPrefixes {
			keys = append(keys, *p.Prefix)
		}
		if len(page.CommonPrefixes) > 0 {
			slices.Sort(keys)
		}
		got = append(got, keys...)
	}
	return got
}

// listModel says what a list is: the keys, rolled up.
func listModel(keys []string, prefix, delimiter, after string) []string {
	var out []string
	for _, k := range slices.Compact(slices.Sorted(slices.Values(keys))) {
		if !strings.HasPrefix(k, prefix) || k <= after {
			continue
		}
		if head, _, found := strings.Cut(k[len(prefix):], delimiter); found && delimiter != "" {
			k = prefix + head + delimiter
		}
		if len(out) == 0 || out[len(out)-1] != k {
			out = append(out, k)
		}
	}
	return out
}

func TestListEqualsModel(t *testing.T) {
	s := New(t.TempDir(), testOptions())
	round := 0
	key := rapid.OneOf(
		rapid.StringMatching(`[ab/\-]{1,6}`),
		rapid.StringMatching(`x{70,80}[a/]{0,3}`),
		rapid.SampledFrom(strangeKeys),
	)
	rapid.Check(t, func(rt *rapid.T) {
		round++
		b, _ := s.bucketAt(fmt.Sprintf("round-%d", round))
		if err := b.create(s.opt.Now()); err != nil {
			rt.Fatal(err)
		}
		keys := rapid.SliceOfN(key, 0, 25).Draw(rt, "keys")
		for _, k := range keys {
			storeEmpty(rt, b, k)
		}
		prefix := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[ab/]{1,3}|x{76}`)).Draw(rt, "prefix")
		delimiter := rapid.SampledFrom([]string{"", "/", "b", "/a"}).Draw(rt, "delimiter")
		after := rapid.OneOf(rapid.Just(""), key).Draw(rt, "after")
		size := rapid.IntRange(1, 5).Draw(rt, "size")
		got := listPages(rt, b, listResult{Prefix: prefix, Delimiter: delimiter, StartAfter: after, MaxKeys: size})
		if want := listModel(keys, prefix, delimiter, after); !slices.Equal(got, want) {
			rt.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

func storeEmpty(t rapid.TB, b bucket, key string) {
	f, err := b.tempFile()
	if err != nil {
		t.Fatal(err)
	}
	defer discard(f)
	if err := b.commit(f, &meta{Key: key}, func(*meta) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

func listPages(t rapid.TB, b bucket, in listResult) []string {
	var got []string
	for {
		page := in
		l := lister{bucket: b, out: &page}
		if err := l.fill(); err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, o := range page.Contents {
			keys = append(keys, o.Key)
		}
		for _, p := range page.CommonPrefixes {
			keys = append(keys, p.Prefix)
		}
		got = append(got, slices.Sorted(slices.Values(keys))...)
		if in.ContinuationToken = page.NextContinuationToken; !page.IsTruncated {
			return got
		}
	}
}

func TestPagesHoldAThousand(t *testing.T) {
	dir := t.TempDir()
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	b, err := New(dir, testOptions()).bucket(testBucket)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for i := range 1005 {
		k := fmt.Sprintf("backups/%04d", i)
		want = append(want, k)
		storeEmpty(t, b, k)
	}
	page, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(testBucket), MaxKeys: aws.Int32(5000)})
	if err != nil || len(page.Contents) != 1000 || !*page.IsTruncated {
		t.Fatalf("%v, %d keys", err, len(page.Contents))
	}
	if got := listAll(t, c, &s3.ListObjectsV2Input{}); !slices.Equal(got, want) {
		t.Errorf("%d keys over all pages", len(got))
	}
}

// Old clients list with version 1 of the operation.
func TestListVersion1(t *testing.T) {
	c := newBucket(t)
	keys := []string{"a", "b/1", "b/2", "c", "d/1", "e"}
	for _, k := range keys {
		mustPut(t, c, k, nil)
	}
	for _, delimiter := range []string{"", "/"} {
		var got []string
		in := &s3.ListObjectsInput{Bucket: aws.String(testBucket), Delimiter: &delimiter, MaxKeys: aws.Int32(1)}
		for more := true; more; {
			page, err := c.ListObjects(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Contents {
				got = append(got, *o.Key)
			}
			for _, p := range page.CommonPrefixes {
				got = append(got, *p.Prefix)
			}
			in.Marker, more = page.NextMarker, *page.IsTruncated
		}
		if want := listModel(keys, "", delimiter, ""); !slices.Equal(got, want) {
			t.Errorf("delimiter %q: %q, want %q", delimiter, got, want)
		}
	}
}

func TestListRefuses(t *testing.T) {
	c := newBucket(t)
	ask := func(change func(*s3.ListObjectsV2Input)) error {
		in := &s3.ListObjectsV2Input{Bucket: aws.String(testBucket)}
		change(in)
		_, err := c.ListObjectsV2(context.Background(), in)
		return err
	}
	wantCode(t, ask(func(in *s3.ListObjectsV2Input) { in.ContinuationToken = aws.String("!") }), "InvalidArgument")
	wantCode(t, ask(func(in *s3.ListObjectsV2Input) { in.MaxKeys = aws.Int32(-1) }), "InvalidArgument")
	wantCode(t, ask(func(in *s3.ListObjectsV2Input) { in.Bucket = aws.String("no-such-bucket") }), "NoSuchBucket")
	wantCode(t, ask(func(in *s3.ListObjectsV2Input) { in.Bucket = aws.String("..x") }), "InvalidBucketName")
}

func TestDeleteObjects(t *testing.T) {
	c := newBucket(t)
	mustPut(t, c, "a", nil)
	mustPut(t, c, "b/c", nil)
	out, err := c.DeleteObjects(t.Context(), &s3.DeleteObjectsInput{Bucket: aws.String(testBucket), Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("a")}, {Key: aws.String("b/c")}, {Key: aws.String("absent")}, {Key: aws.String(strings.Repeat("x", 1025))},
	}}})
	if err != nil || len(out.Deleted) != 3 || len(out.Errors) != 1 || *out.Errors[0].Code != "KeyTooLongError" {
		t.Errorf("%v %+v", err, out)
	}
	if left := listAll(t, c, &s3.ListObjectsV2Input{}); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

func TestBuckets(t *testing.T) {
	opt := testOptions()
	opt.Region = "eu-central-1"
	c := client(start(t, t.TempDir(), opt), func(o *s3.Options) { o.Region = "eu-central-1" })
	makeBucket(t, c)
	name := aws.String(testBucket)
	_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: name})
	wantCode(t, err, "BucketAlreadyOwnedByYou")
	where, err := c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: name})
	if err != nil || where.LocationConstraint != "eu-central-1" {
		t.Errorf("%v %v", err, where)
	}
	head, err := c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name})
	if err != nil || *head.BucketRegion != "eu-central-1" {
		t.Errorf("%v %v", err, head)
	}
	all, err := c.ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if err != nil || len(all.Buckets) != 1 || *all.Buckets[0].Name != testBucket || all.Buckets[0].CreationDate.IsZero() {
		t.Errorf("%v %v", err, all)
	}
	mustPut(t, c, "k", nil)
	_, err = c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name})
	wantCode(t, err, "BucketNotEmpty")
	mustPut(t, c, "k2", nil) // it still works
	for _, k := range []string{"k", "k2"} {
		if _, err := c.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: name, Key: &k}); err != nil {
			t.Error(err)
		}
	}
	if _, err = c.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: name}); err != nil {
		t.Error(err)
	}
	_, err = c.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: name})
	wantCode(t, err, "NotFound")
	makeBucket(t, c)
}
