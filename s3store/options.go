package s3store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"time"
)

// Defaults of Options.
const (
	DefaultPrefix       = "backups/"
	DefaultConcurrency  = 4
	DefaultMaxParts     = 10_000
	DefaultRetryBudget  = 15 * time.Minute
	DefaultStallTimeout = 60 * time.Second
)

// Options says where the bucket is and how to treat it. The zero value of
// every field but Bucket means something; see each. An Options holds secrets:
// it prints without them.
type Options struct {
	Bucket string
	Prefix string // of every key, with a trailing slash; DefaultPrefix when empty

	Region         string // empty: what the SDK's chain says, then us-east-1
	Endpoint       string // URL of an S3-compatible store; empty: AWS
	ForcePathStyle bool
	CAFile         string // PEM of additional authorities; empty: AWS_CA_BUNDLE, else the system's only

	// AccessKey and SecretKey; when both are empty, the SDK's own chain serves
	// (environment, profile, role).
	AccessKey    string
	SecretKey    string
	SessionToken string
	Profile      string

	StorageClass   string // of pieces; manifests are always STANDARD
	SSE            string // "", AES256, aws:kms
	SSEKMSKeyID    string
	ObjectLockMode string // "", GOVERNANCE, COMPLIANCE
	ObjectLockDays int

	Checksum     string // "" or crc64nvme; sha256 records SHA-256 besides
	Capabilities string // "" or auto: probed; else a list as ParseCapabilities takes it
	MaxParts     int    // of a multipart upload

	UploadLimit int64 // bytes per second over all uploads; 0: none
	Concurrency int   // parts in flight over all transfers
	CacheDir    string
	// Place names the store in CacheDir, where its address changes from one
	// process to the next; empty: endpoint, bucket and prefix name it.
	Place string
	// RetryBudget is how long one request is tried again while the store does
	// not answer or asks to slow down; StallTimeout how long a transfer may
	// stand still before it is tried again.
	RetryBudget  time.Duration
	StallTimeout time.Duration

	// The clock, its sleep and the dice, injected by tests.
	Now    func() time.Time
	Sleep  func(context.Context, time.Duration) error
	Jitter func() float64 // in [0,1)
	part   int64          // bytes of a part and of a buffer; tests make it small
}

// withDefaults fills zero fields.
func (o Options) withDefaults() Options {
	setDefault(&o.Prefix, DefaultPrefix)
	setDefault(&o.MaxParts, DefaultMaxParts)
	setDefault(&o.Concurrency, DefaultConcurrency)
	setDefault(&o.RetryBudget, DefaultRetryBudget)
	setDefault(&o.StallTimeout, DefaultStallTimeout)
	setDefault(&o.part, normalPart)
	if !strings.HasSuffix(o.Prefix, "/") {
		o.Prefix += "/"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = sleep
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

// sleep waits, or returns early with the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func setDefault[T comparable](p *T, v T) {
	var zero T
	if *p == zero {
		*p = v
	}
}

// validate tells the first thing that no store could work with.
func (o Options) validate() error {
	switch {
	case o.Bucket == "":
		return fmt.Errorf("no bucket: set S3_BUCKET")
	case strings.ContainsAny(o.Bucket, "/\\ ") || hasControl(o.Bucket):
		return fmt.Errorf("bucket name %q is not one", o.Bucket)
	case !validPrefix(o.Prefix):
		return fmt.Errorf("prefix %q: use names separated by single slashes, none of them . or .. alone", o.Prefix)
	case (o.AccessKey == "") != (o.SecretKey == ""):
		return fmt.Errorf("access key and secret key go together: set both or none")
	case o.MaxParts < 1 || o.MaxParts > DefaultMaxParts:
		return fmt.Errorf("parts of an upload: %d is not in 1 … %d", o.MaxParts, DefaultMaxParts)
	case o.Concurrency < 1 || o.Concurrency > 256:
		return fmt.Errorf("parts in flight: %d is not in 1 … 256", o.Concurrency)
	case o.UploadLimit < 0:
		return fmt.Errorf("upload limit is negative")
	case o.ObjectLockMode != "" && o.ObjectLockDays < 1:
		return fmt.Errorf("object lock needs a number of days")
	case o.Checksum != "" && o.Checksum != "crc64nvme" && o.Checksum != "sha256":
		return fmt.Errorf("checksum %q: allowed are crc64nvme and sha256", o.Checksum)
	}
	if _, _, err := ParseCapabilities(o.Capabilities); err != nil {
		return err
	}
	return validEndpoint(o.Endpoint)
}

func validPrefix(p string) bool {
	if len(p) > 512 || hasControl(p) || strings.ContainsAny(p, "\\~") {
		return false
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(p, "/"), "/") {
		if name == "" || name == "." || name == ".." {
			return false
		}
	}
	return true
}

func validEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	u, err := url.Parse(endpoint)
	switch {
	case err != nil:
		return fmt.Errorf("endpoint is not a URL")
	case u.User != nil:
		return fmt.Errorf("endpoint carries a user name: put keys into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return fmt.Errorf("endpoint %q: write http:// or https:// and a host", endpoint)
	case u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("endpoint %q: no query and no fragment", endpoint)
	}
	return nil
}

// Warnings names what works but should not stay so.
func (o Options) Warnings() []string {
	u, err := url.Parse(o.Endpoint)
	if err != nil || u.Scheme != "http" || isLoopback(u.Hostname()) {
		return nil
	}
	return []string{fmt.Sprintf("endpoint %s is plain http: backups cross the network unencrypted; use https", u.Host)}
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// String names the place without any secret.
func (o Options) String() string {
	where := o.Endpoint
	if where == "" {
		where = "AWS"
	}
	return fmt.Sprintf("s3://%s/%s at %s", o.Bucket, o.Prefix, where)
}

// GoString prints as String does, so that %#v shows no secret.
func (o Options) GoString() string { return o.String() }

// Format makes every verb print as String does.
func (o Options) Format(f fmt.State, _ rune) { fmt.Fprint(f, o.String()) }

// LogValue keeps secrets out of structured logs.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalJSON keeps secrets out of JSON.
func (o Options) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", o.String()), nil }

// secrets lists the values that no message may contain.
func (o Options) secrets() []string {
	var s []string
	for _, v := range []string{o.SecretKey, o.SessionToken, o.AccessKey} {
		if len(v) >= 4 {
			s = append(s, v)
		}
	}
	return s
}
