package s3sim

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func sumOf(a algorithm, b []byte) string {
	d := digests{}
	d.add(a)
	_, _ = d.Write(b)
	return d.of(a).Value
}

type multipart struct {
	t   *testing.T
	c   *s3.Client
	key string
	id  *string
}

func begin(t *testing.T, c *s3.Client, key string, change ...func(*s3.CreateMultipartUploadInput)) multipart {
	t.Helper()
	in := &s3.CreateMultipartUploadInput{
		Bucket: aws.String(testBucket), Key: &key,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject,
	}
	for _, f := range change {
		f(in)
	}
	out, err := c.CreateMultipartUpload(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return multipart{t, c, key, out.UploadId}
}

func (m multipart) part(n int32, body []byte) types.CompletedPart {
	m.t.Helper()
	sum := sumOf(crc64NVME, body)
	out, err := m.c.UploadPart(m.t.Context(), &s3.UploadPartInput{
		Bucket: aws.String(testBucket), Key: &m.key, UploadId: m.id, PartNumber: &n,
		Body: bytes.NewReader(body), ChecksumCRC64NVME: &sum,
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return types.CompletedPart{PartNumber: &n, ETag: out.ETag, ChecksumCRC64NVME: &sum}
}

func (m multipart) complete(parts []types.CompletedPart, change ...func(*s3.CompleteMultipartUploadInput)) (*s3.CompleteMultipartUploadOutput, error) {
	in := &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(testBucket), Key: &m.key, UploadId: m.id,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	}
	for _, f := range change {
		f(in)
	}
	return m.c.CompleteMultipartUpload(m.t.Context(), in)
}

func TestMultipart(t *testing.T) {
	dir := t.TempDir()
	c := client(start(t, dir, testOptions()))
	makeBucket(t, c)
	body := random(5, 5<<20+5<<20+1000)
	m := begin(t, c, "p/big", func(in *s3.CreateMultipartUploadInput) { in.Metadata = map[string]string{"a": "b"} })
	m.part(2, []byte("replaced by the next"))
	parts := []types.CompletedPart{m.part(1, body[:5<<20]), m.part(2, body[5<<20:10<<20]), m.part(3, body[10<<20:])}
	if exists(t.Context(), c, "p/big") {
		t.Error("the object is visible before it is complete")
	}
	whole := sumOf(crc64NVME, body)
	out, err := m.complete(parts, func(in *s3.CompleteMultipartUploadInput) {
		in.ChecksumCRC64NVME, in.ChecksumType, in.MpuObjectSize = &whole, types.ChecksumTypeFullObject, aws.Int64(int64(len(body)))
		in.IfNoneMatch = aws.String("*")
	})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(get(t, c, "p/big"), body) {
		t.Error("the object differs from its parts")
	}
	head, err := c.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: aws.String(testBucket), Key: aws.String("p/big"), ChecksumMode: types.ChecksumModeEnabled})
	if err != nil {
		t.Fatal(err)
	}
	if *head.ChecksumCRC64NVME != whole || *out.ChecksumCRC64NVME != whole || head.ChecksumType != types.ChecksumTypeFullObject ||
		*head.ETag != *out.ETag || head.Metadata["a"] != "b" || (*head.ETag)[len(*head.ETag)-3:] != `-3"` {
		t.Errorf("head %+v", head)
	}
	_, err = m.complete(parts)
	wantCode(t, err, "NoSuchUpload")
	for _, folder := range []string{"uploads", "temp"} {
		if left, err := os.ReadDir(filepath.Join(dir, testBucket, folder)); err != nil || len(left) > 0 {
			t.Errorf("left in %s: %v %v", folder, left, err)
		}
	}
}

func TestCompleteRefuses(t *testing.T) {
	c := newBucket(t)
	mustPut(t, c, "there", []byte("x"))
	m := begin(t, c, "k")
	big := random(6, 5<<20)
	one, two := m.part(1, big), m.part(2, []byte("tail"))
	small := m.part(3, []byte("end"))
	list := func(p ...types.CompletedPart) []types.CompletedPart { return p }
	wrongTag, wrongSum, unknown := one, one, one
	wrongTag.ETag = two.ETag
	wrongSum.ChecksumCRC64NVME = two.ChecksumCRC64NVME
	unknown.PartNumber = aws.Int32(9)
	sum := sumOf(crc64NVME, big)
	for _, tt := range []struct {
		name, code string
		parts      []types.CompletedPart
		change     func(*s3.CompleteMultipartUploadInput)
	}{
		{"order", "InvalidPartOrder", list(two, one), nil},
		{"twice", "InvalidPartOrder", list(one, one), nil},
		{"tag", "InvalidPart", list(wrongTag, two), nil},
		{"part checksum", "InvalidPart", list(wrongSum, two), nil},
		{"unknown part", "InvalidPart", list(unknown), nil},
		{"small part", "EntityTooSmall", list(one, two, small), nil},
		{"no part", "MalformedXML", nil, nil},
		{"whole checksum", "BadDigest", list(one, two), func(in *s3.CompleteMultipartUploadInput) { in.ChecksumCRC64NVME = &sum }},
		{"checksum type", "InvalidRequest", list(one, two), func(in *s3.CompleteMultipartUploadInput) { in.ChecksumType = types.ChecksumTypeComposite }},
		{"size", "InvalidRequest", list(one, two), func(in *s3.CompleteMultipartUploadInput) { in.MpuObjectSize = aws.Int64(7) }},
		{"other key", "NoSuchUpload", list(one, two), func(in *s3.CompleteMultipartUploadInput) { in.Key = aws.String("x") }},
		{"other upload", "NoSuchUpload", list(one, two), func(in *s3.CompleteMultipartUploadInput) { in.UploadId = aws.String("../x") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			change := tt.change
			if change == nil {
				change = func(*s3.CompleteMultipartUploadInput) {}
			}
			_, err := m.complete(tt.parts, change)
			wantCode(t, err, tt.code)
			if exists(t.Context(), c, "k") {
				t.Fatal("the object was made")
			}
		})
	}
	if _, err := m.complete(list(one, two)); err != nil {
		t.Errorf("after all refusals: %v", err)
	}
	m = begin(t, c, "there")
	_, err := m.complete(list(m.part(1, nil)), func(in *s3.CompleteMultipartUploadInput) { in.IfNoneMatch = aws.String("*") })
	wantCode(t, err, "PreconditionFailed")
}

func TestAbortedUploadIsGone(t *testing.T) {
	c := newBucket(t)
	m := begin(t, c, "k")
	part := m.part(1, []byte("x"))
	abort := &s3.AbortMultipartUploadInput{Bucket: aws.String(testBucket), Key: &m.key, UploadId: m.id}
	if _, err := c.AbortMultipartUpload(t.Context(), abort); err != nil {
		t.Fatal(err)
	}
	_, err := m.complete([]types.CompletedPart{part})
	wantCode(t, err, "NoSuchUpload")
	_, err = c.AbortMultipartUpload(t.Context(), abort)
	wantCode(t, err, "NoSuchUpload")
	_, err = c.UploadPart(t.Context(), &s3.UploadPartInput{Bucket: aws.String(testBucket), Key: &m.key, UploadId: m.id, PartNumber: aws.Int32(1), Body: bytes.NewReader(nil)})
	wantCode(t, err, "NoSuchUpload")
}

func TestChecksumTypes(t *testing.T) {
	c := newBucket(t)
	create := func(a types.ChecksumAlgorithm, ct types.ChecksumType) (*s3.CreateMultipartUploadOutput, error) {
		return c.CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: aws.String(testBucket), Key: aws.String("k"), ChecksumAlgorithm: a, ChecksumType: ct})
	}
	_, err := create(types.ChecksumAlgorithmSha256, types.ChecksumTypeFullObject)
	wantCode(t, err, "InvalidRequest")
	_, err = create(types.ChecksumAlgorithmCrc64nvme, types.ChecksumTypeComposite)
	wantCode(t, err, "InvalidRequest")
	out, err := create(types.ChecksumAlgorithmSha256, "")
	if err != nil || out.ChecksumType != types.ChecksumTypeComposite {
		t.Errorf("%v %v", err, out)
	}
}

func TestCompositeChecksum(t *testing.T) {
	c := newBucket(t)
	m := begin(t, c, "k", func(in *s3.CreateMultipartUploadInput) {
		in.ChecksumAlgorithm, in.ChecksumType = types.ChecksumAlgorithmSha256, types.ChecksumTypeComposite
	})
	body, sum := []byte("hello"), sumOf(sha256Sum, []byte("hello"))
	up := &s3.UploadPartInput{Bucket: aws.String(testBucket), Key: &m.key, UploadId: m.id, PartNumber: aws.Int32(1), Body: bytes.NewReader(body)}
	up.ChecksumCRC32 = aws.String(sumOf(crc32IEEE, body))
	_, err := c.UploadPart(t.Context(), up)
	wantCode(t, err, "InvalidRequest")
	up.ChecksumCRC32, up.ChecksumSHA256, up.Body = nil, &sum, bytes.NewReader(body)
	part, err := c.UploadPart(t.Context(), up)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.complete([]types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}})
	wantCode(t, err, "InvalidRequest") // the part's checksum is missing
	out, err := m.complete([]types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag, ChecksumSHA256: &sum}})
	// The SHA-256 of the SHA-256 of "hello".
	if err != nil || *out.ChecksumSHA256 != "lZXJ35AHUUjrBoYDZd8zWEt1v/eCpRDGzUiDpBmDPVA=-1" {
		t.Errorf("%v %v", err, aws.ToString(out.ChecksumSHA256))
	}
}

func TestListsOfUploadsAndParts(t *testing.T) {
	c := newBucket(t)
	var want []string
	for i := range 5 {
		m := begin(t, c, fmt.Sprintf("a/%d", i/2))
		want = append(want, *m.id)
	}
	begin(t, c, "b/1")
	var got []string
	for p := s3.NewListMultipartUploadsPaginator(c, &s3.ListMultipartUploadsInput{Bucket: aws.String(testBucket), Prefix: aws.String("a/"), MaxUploads: aws.Int32(2)}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Uploads {
			got = append(got, *u.UploadId)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("uploads %v, want %v", got, want)
	}
	m := begin(t, c, "p")
	for i := range int32(5) {
		m.part(10-i, []byte{byte(i)})
	}
	var numbers []int32
	for p := s3.NewListPartsPaginator(c, &s3.ListPartsInput{Bucket: aws.String(testBucket), Key: &m.key, UploadId: m.id, MaxParts: aws.Int32(2)}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range page.Parts {
			numbers = append(numbers, *part.PartNumber)
			if *part.Size != 1 || part.ChecksumCRC64NVME == nil {
				t.Errorf("part %+v", part)
			}
		}
	}
	if !slices.Equal(numbers, []int32{6, 7, 8, 9, 10}) {
		t.Errorf("parts %v", numbers)
	}
}

func completedParts(tags ...string) *types.CompletedMultipartUpload {
	var up types.CompletedMultipartUpload
	for i, tag := range tags {
		up.Parts = append(up.Parts, types.CompletedPart{PartNumber: aws.Int32(int32(i + 1)), ETag: &tag})
	}
	return &up
}
