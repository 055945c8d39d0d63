package s3store

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/singleflight"
)

// Store is a bucket with backup sets under a prefix. All methods may be
// called concurrently; all transfers of one Store share its buffers, its
// concurrency and its upload limit.
type Store struct {
	opt       Options
	transport *http.Transport
	api       *s3.Client
	creds     aws.CredentialsProvider
	slots     *slots
	buffers   *pool // of one part
	chunks    *pool // of one step of reading
	limit     *limiter
	cache     *cache

	probing singleflight.Group
	capsMu  sync.Mutex // guards the variables below
	caps    *Capabilities
}

// Open prepares the store; it reads credentials but does not connect. Call
// Probe to learn whether the bucket can be used.
func Open(ctx context.Context, opt Options) (*Store, error) {
	opt = opt.withDefaults()
	if err := opt.validate(); err != nil {
		return nil, fmt.Errorf("bucket: %w", err)
	}
	transport, err := newTransport(opt)
	if err != nil {
		return nil, err
	}
	s := &Store{
		opt: opt, transport: transport,
		slots:   newSlots(opt.Concurrency, opt.Now),
		buffers: &pool{size: int(opt.part)},
		chunks:  &pool{size: readStep},
		limit:   newLimiter(opt),
		cache:   newCache(opt),
	}
	if err := s.connect(ctx); err != nil {
		return nil, s.classify(subject{op: "open"}, err).err
	}
	return s, nil
}

// connect builds the SDK's client. The SDK neither retries nor adds checksums
// of its own: both are done here.
func (s *Store) connect(ctx context.Context) error {
	region, creds, err := s.identity(ctx)
	if err != nil {
		return err
	}
	s.creds = creds
	o := s3.Options{
		Region: region, Credentials: creds, UsePathStyle: s.opt.ForcePathStyle,
		HTTPClient: doer{s.transport}, Retryer: aws.NopRetryer{}, AppID: "orabak-tui",
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired,
		ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
		// Expect: 100-continue costs a round trip a part.
		ContinueHeaderThresholdBytes: -1,
		DisableS3ExpressSessionAuth:  aws.Bool(true),
	}
	if s.opt.Endpoint != "" {
		o.BaseEndpoint = aws.String(s.opt.Endpoint)
	}
	s.api = s3.New(o)
	return nil
}

// identity finds region and credentials: those given, else the SDK's chain.
func (s *Store) identity(ctx context.Context) (string, aws.CredentialsProvider, error) {
	region := s.opt.Region
	if s.opt.AccessKey != "" {
		for _, v := range []string{os.Getenv("AWS_REGION"), os.Getenv("AWS_DEFAULT_REGION"), "us-east-1"} {
			setDefault(&region, v)
		}
		p := credentials.NewStaticCredentialsProvider(s.opt.AccessKey, s.opt.SecretKey, s.opt.SessionToken)
		return region, aws.NewCredentialsCache(p), nil
	}
	var load []func(*config.LoadOptions) error
	if region != "" {
		load = append(load, config.WithRegion(region))
	}
	if s.opt.Profile != "" {
		load = append(load, config.WithSharedConfigProfile(s.opt.Profile))
	}
	c, err := config.LoadDefaultConfig(ctx, load...)
	if err != nil {
		return "", nil, fmt.Errorf("get credentials: %w", err)
	}
	setDefault(&c.Region, "us-east-1")
	return c.Region, c.Credentials, nil
}

// unsigned has the payload of one call not hashed for the signature: its
// checksum is among the signed headers.
func unsigned(o *s3.Options) {
	o.APIOptions = append(o.APIOptions, v4.SwapComputePayloadSHA256ForUnsignedPayloadMiddleware)
}

// Options returns the options in force, defaults filled in.
func (s *Store) Options() Options { return s.opt }

// SetUploadLimit changes the limit over all uploads while they run, in bytes
// per second; 0 lifts it.
func (s *Store) SetUploadLimit(bytesPerSecond int64) { s.limit.set(bytesPerSecond) }

// Close releases idle connections.
func (s *Store) Close() { s.transport.CloseIdleConnections() }

// bucket and str spell pointers that the SDK wants.
func (s *Store) bucket() *string { return &s.opt.Bucket }

func str(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
