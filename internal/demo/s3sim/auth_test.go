package s3sim

import (
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

func TestSignatureDecides(t *testing.T) {
	dir := t.TempDir()
	endpoint := start(t, dir, testOptions())
	makeBucket(t, client(endpoint))
	with := func(key, secret, token string) func(*s3.Options) {
		return func(o *s3.Options) {
			o.Credentials = credentials.NewStaticCredentialsProvider(key, secret, token)
		}
	}
	for _, tt := range []struct {
		name, code string
		change     func(*s3.Options)
	}{
		{"wrong secret", "SignatureDoesNotMatch", with(testKey, "x", "")},
		{"unknown key", "InvalidAccessKeyId", with("x", testSecret, "")},
		{"session token", "InvalidToken", with(testKey, testSecret, "t")},
		{"wrong region", "AuthorizationHeaderMalformed", func(o *s3.Options) { o.Region = "eu-central-1" }},
		{"anonymous", "AccessDenied", func(o *s3.Options) { o.Credentials = aws.AnonymousCredentials{} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := put(t, client(endpoint, tt.change), "k", []byte("x"))
			wantCode(t, err, tt.code)
			if exists(t.Context(), client(endpoint), "k") {
				t.Error("the object was stored all the same")
			}
		})
	}
}

func TestClockSkew(t *testing.T) {
	dir := t.TempDir()
	for skew, code := range map[time.Duration]string{
		14 * time.Minute: "", 16 * time.Minute: "RequestTimeTooSkewed", -16 * time.Minute: "RequestTimeTooSkewed",
	} {
		opt := testOptions()
		opt.SignatureNow = func() time.Time { return time.Now().Add(skew) }
		_, err := client(start(t, dir, opt)).ListBuckets(t.Context(), &s3.ListBucketsInput{})
		if code == "" && err != nil {
			t.Errorf("skew %v: %v", skew, err)
		} else if code != "" {
			wantCode(t, err, code)
		}
	}
}

// tampering changes a request after it was signed.
type tampering func(*http.Request)

func (f tampering) RoundTrip(r *http.Request) (*http.Response, error) {
	f(r)
	return http.DefaultTransport.RoundTrip(r)
}

func TestTamperedRequestsAreRefused(t *testing.T) {
	dir := t.TempDir()
	endpoint := start(t, dir, testOptions())
	makeBucket(t, client(endpoint))
	swap := func(r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		b[0] ^= 1
		r.Body = io.NopCloser(bytes.NewReader(b))
	}
	for _, tt := range []struct {
		name, code string
		f          tampering
	}{
		{"body", "XAmzContentSHA256Mismatch", swap},
		{"path", "SignatureDoesNotMatch", func(r *http.Request) { r.URL.Path += "x" }},
		{"query", "SignatureDoesNotMatch", func(r *http.Request) { r.URL.RawQuery += "&a=b" }},
		{"signed header", "SignatureDoesNotMatch", func(r *http.Request) { r.Header.Set("x-amz-meta-a", "2") }},
		{"added header", "AccessDenied", func(r *http.Request) { r.Header.Set("x-amz-meta-b", "2") }},
		{"date", "SignatureDoesNotMatch", func(r *http.Request) {
			r.Header.Set("x-amz-date", time.Now().UTC().Add(time.Second).Format(amzTime))
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := client(endpoint, func(o *s3.Options) { o.HTTPClient = &http.Client{Transport: tt.f} })
			_, err := put(t, c, "k", []byte("hello"), func(in *s3.PutObjectInput) { in.Metadata = map[string]string{"a": "1"} })
			wantCode(t, err, tt.code)
			if exists(t.Context(), client(endpoint), "k") {
				t.Error("the object was stored all the same")
			}
		})
	}
}
