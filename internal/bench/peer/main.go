// Peer uploads one file with the SDK's upload manager at its defaults, as a
// measure for orabak-tui's own uploads. It is a module of its own, so that no
// user of the program builds or downloads it.
//
// Usage: peer ENDPOINT BUCKET KEY FILE
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager" //nolint:staticcheck // deprecated, and what most programs use
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func main() {
	if err := upload(context.Background(), os.Args[1], os.Args[2], os.Args[3], os.Args[4]); err != nil {
		log.Fatal(err)
	}
}

func upload(ctx context.Context, endpoint, bucket, key, path string) error {
	c, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	api := s3.NewFromConfig(c, func(o *s3.Options) { o.BaseEndpoint, o.UsePathStyle = &endpoint, true })
	_, err = manager.NewUploader(api).Upload(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: f})
	return err
}
