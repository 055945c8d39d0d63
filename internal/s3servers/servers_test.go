package s3servers_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"orabak-tui/internal/s3servers"
)

func client(e s3servers.Endpoint, secret string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: &e.URL, Region: e.Region, UsePathStyle: true, Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider(e.AccessKey, secret, ""),
	})
}

func TestServers(t *testing.T) {
	for _, name := range []string{s3servers.VersityGW, s3servers.MinIO, s3servers.Rclone} {
		t.Run(name, func(t *testing.T) {
			var url string
			t.Run("serves", func(t *testing.T) {
				e := s3servers.Start(t, name)
				url = e.URL
				roundTrip(t, e)
			})
			if url == "" {
				t.Skip("the server was not there to be stopped")
			}
			if c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://")); err == nil {
				_ = c.Close()
				t.Error("the server outlives its test")
			}
		})
	}
}

func roundTrip(t *testing.T, e s3servers.Endpoint) {
	t.Helper()
	c, key := client(e, e.Secret), aws.String("a/b")
	list, err := c.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &e.Bucket})
	if err != nil || len(list.Contents) != 0 {
		t.Fatalf("the bucket must be there and empty: %v", err)
	}
	if _, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &e.Bucket, Key: key, Body: bytes.NewReader([]byte("hello"))}); err != nil {
		t.Fatal(err)
	}
	out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &e.Bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if got, err := io.ReadAll(out.Body); err != nil || string(got) != "hello" {
		t.Errorf("%q %v", got, err)
	}
	_, err = client(e, "wrong").ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &e.Bucket})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "SignatureDoesNotMatch" {
		t.Errorf("a wrong secret: %v", err)
	}
}

func TestFolderOfTheEnvironmentDecides(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("ORABAK_TEST_SERVERS", dir)
	if found := s3servers.Available(); len(found) != 0 {
		t.Errorf("found %v in an empty folder", found)
	}
	skipped := t.Run("absent", func(t *testing.T) {
		s3servers.Start(t, s3servers.VersityGW)
		t.Error("a server that is not there was started")
	})
	if !skipped {
		t.Error("a missing server must skip the test")
	}
	for name, mode := range map[string]os.FileMode{s3servers.Rclone: 0o700, s3servers.MinIO: 0o600} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/false\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	found := s3servers.Available()
	if len(found) != 1 || found[0].Name != s3servers.Rclone || found[0].Path != filepath.Join(dir, s3servers.Rclone) {
		t.Errorf("found %v", found)
	}
}
