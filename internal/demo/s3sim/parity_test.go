package s3sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"orabak-tui/internal/s3servers"
)

// outcome is what a client makes of a call: the error's code, or that it is done.
func outcome(err error) string {
	var api smithy.APIError
	switch {
	case errors.As(err, &api):
		return api.ErrorCode()
	case err != nil:
		return err.Error()
	}
	return "done"
}

// scenes are calls whose outcome must be the same on any S3.
var scenes = map[string]func(ctx context.Context, c *s3.Client, b *string) string{
	"get of nothing": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("none")})
		return outcome(err)
	},
	"head of nothing": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: aws.String("none")})
		return outcome(err)
	},
	"delete of nothing": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("none")})
		return outcome(err)
	},
	"no bucket": func(ctx context.Context, c *s3.Client, _ *string) string {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("no-such-bucket"), Key: aws.String("k"), Body: bytes.NewReader(nil)})
		return outcome(err)
	},
	"bucket again": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: b})
		return outcome(err)
	},
	"if none match": func(ctx context.Context, c *s3.Client, b *string) string {
		in := &s3.PutObjectInput{Bucket: b, Key: aws.String("once"), Body: bytes.NewReader([]byte("x")), IfNoneMatch: aws.String("*")}
		first, err := c.PutObject(ctx, in)
		if err != nil {
			return err.Error()
		}
		in.Body = bytes.NewReader([]byte("y"))
		_, err = c.PutObject(ctx, in)
		return *first.ETag + outcome(err)
	},
	"wrong checksum": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("k"), Body: bytes.NewReader([]byte("x")), ChecksumCRC64NVME: aws.String("AAAAAAAAAAA=")})
		return outcome(err)
	},
	"wrong md5": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("k"), Body: bytes.NewReader([]byte("x")), ContentMD5: aws.String("1B2M2Y8AsgTpgAmY7PhCfg==")})
		return outcome(err)
	},
	"head with checksum": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("sum"), Body: bytes.NewReader([]byte("123456789")), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32c, Metadata: map[string]string{"Set": "1"}})
		if err != nil {
			return err.Error()
		}
		h, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: b, Key: aws.String("sum"), ChecksumMode: types.ChecksumModeEnabled})
		if err != nil {
			return err.Error()
		}
		return fmt.Sprint(*h.ContentLength, *h.ETag, aws.ToString(h.ChecksumCRC32C), h.ChecksumType, h.Metadata)
	},
	"list": func(ctx context.Context, c *s3.Client, b *string) string {
		for _, k := range []string{"l/a", "l/b/1", "l/b/2", "l/c"} {
			if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: &k, Body: bytes.NewReader(nil)}); err != nil {
				return err.Error()
			}
		}
		var out strings.Builder
		for p := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: b, Prefix: aws.String("l/"), Delimiter: aws.String("/"), MaxKeys: aws.Int32(2)}); p.HasMorePages(); {
			page, err := p.NextPage(ctx)
			if err != nil {
				return err.Error()
			}
			fmt.Fprint(&out, "page ", *page.KeyCount)
			for _, o := range page.Contents {
				fmt.Fprint(&out, " ", *o.Key, *o.Size, *o.ETag)
			}
			for _, o := range page.CommonPrefixes {
				fmt.Fprint(&out, " ", *o.Prefix)
			}
		}
		return out.String()
	},
	"bad range": func(ctx context.Context, c *s3.Client, b *string) string {
		if _, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: b, Key: aws.String("r"), Body: bytes.NewReader([]byte("x"))}); err != nil {
			return err.Error()
		}
		_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: b, Key: aws.String("r"), Range: aws.String("bytes=5-")})
		return outcome(err)
	},
	"multipart": func(ctx context.Context, c *s3.Client, b *string) string {
		up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: aws.String("m"), ChecksumAlgorithm: types.ChecksumAlgorithmCrc64nvme, ChecksumType: types.ChecksumTypeFullObject})
		if err != nil {
			return err.Error()
		}
		var parts []types.CompletedPart
		for i, body := range [][]byte{random(1, 5<<20), []byte("tail")} {
			n, sum := aws.Int32(int32(i+1)), sumOf(crc64NVME, body)
			p, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: b, Key: aws.String("m"), UploadId: up.UploadId, PartNumber: n, Body: bytes.NewReader(body), ChecksumCRC64NVME: &sum})
			if err != nil {
				return err.Error()
			}
			parts = append(parts, types.CompletedPart{PartNumber: n, ETag: p.ETag, ChecksumCRC64NVME: &sum})
		}
		complete := func(parts []types.CompletedPart, sum string, size int64) string {
			out, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
				Bucket: b, Key: aws.String("m"), UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
				ChecksumCRC64NVME: &sum, ChecksumType: types.ChecksumTypeFullObject, MpuObjectSize: &size,
			})
			if err != nil {
				return outcome(err)
			}
			return fmt.Sprint(*out.ETag, aws.ToString(out.ChecksumCRC64NVME), out.ChecksumType)
		}
		whole := sumOf(crc64NVME, append(random(1, 5<<20), "tail"...))
		wrong := []types.CompletedPart{parts[0], parts[1]}
		wrong[1].ETag = parts[0].ETag
		return strings.Join([]string{
			complete(wrong, whole, 5<<20+4),
			complete(parts, "AAAAAAAAAAA=", 5<<20+4),
			complete(parts, whole, 7),
			complete(parts, whole, 5<<20+4),
		}, " ")
	},
	"small part": func(ctx context.Context, c *s3.Client, b *string) string {
		up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: b, Key: aws.String("s")})
		if err != nil {
			return err.Error()
		}
		var tags []string
		for n := range int32(2) {
			p, err := c.UploadPart(ctx, &s3.UploadPartInput{Bucket: b, Key: aws.String("s"), UploadId: up.UploadId, PartNumber: aws.Int32(n + 1), Body: bytes.NewReader([]byte("x"))})
			if err != nil {
				return err.Error()
			}
			tags = append(tags, *p.ETag)
		}
		_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: b, Key: aws.String("s"), UploadId: up.UploadId, MultipartUpload: completedParts(tags...)})
		return outcome(err)
	},
	"unknown upload": func(ctx context.Context, c *s3.Client, b *string) string {
		_, err := c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: b, Key: aws.String("k"), UploadId: aws.String("0123456789abcdef0123456789abcdef")})
		return outcome(err)
	},
}

// The embedded server answers as versitygw does, which answers as S3 does.
func TestParityWithVersityGW(t *testing.T) {
	e := s3servers.Start(t, s3servers.VersityGW)
	theirs := client(e.URL, func(o *s3.Options) {
		o.Credentials = credentials.NewStaticCredentialsProvider(e.AccessKey, e.Secret, "")
	})
	ours := newBucket(t)
	for name, scene := range scenes {
		t.Run(name, func(t *testing.T) {
			got, want := scene(t.Context(), ours, aws.String(testBucket)), scene(t.Context(), theirs, &e.Bucket)
			if got != want {
				t.Errorf("the embedded server: %s\nversitygw:           %s", got, want)
			}
		})
	}
}
