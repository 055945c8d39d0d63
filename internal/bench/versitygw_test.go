package bench

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// versitygw starts a real server over a folder in memory.
func versitygw(b *testing.B) string {
	path, ok := installed("versitygw")
	if !ok {
		b.Skip("versitygw is not installed")
	}
	dir := filepath.Join(memoryDir(b), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(path, "--port", addr, "--access", "test", "--secret", "testtest", "--quiet", "--keep-alive", "posix", dir)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	url := "http://" + addr
	within(b, func(ctx context.Context) error {
		for ctx.Err() == nil {
			if r, err := http.Get(url); err == nil {
				return r.Body.Close()
			}
			time.Sleep(50 * time.Millisecond)
		}
		return ctx.Err()
	})
	api := s3.New(s3.Options{BaseEndpoint: &url, UsePathStyle: true, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "testtest", "")})
	if _, err := api.CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(bucketName)}); err != nil {
		b.Fatal(err)
	}
	return url
}
