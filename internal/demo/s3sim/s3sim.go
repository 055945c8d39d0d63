// Package s3sim is the embedded S3 server of the demo: an http.Handler over a
// folder on disk, bound to the loopback interface only.
//
// It is written here rather than taken from a library because the two that
// would serve were measured and found wanting: gofakes3 checks neither
// signatures nor checksums, ignores start-after and pagination, and stores the
// framing of aws-chunked uploads as if it were data; versitygw is right in all
// of this, but embedding it adds 12 MB and 44 modules to a 10 MB program.
// versitygw is what the tests run against instead (see internal/s3servers).
//
// What it guarantees:
//
//   - A request is served only with a valid Signature Version 4 of the one
//     known key; payload hashes, Content-MD5 and x-amz-checksum-* values are
//     verified before an object becomes visible. What it cannot honour
//     (encryption, object lock, tags, copies) it refuses, it never pretends.
//   - An object is either there, whole, or not there. Data is written and
//     synced first, the metadata that names it is renamed into place last, so a
//     kill -9 at any moment leaves at most files that no one can see; they are
//     swept by a later start.
//   - All state is on disk. Any number of processes may serve the same folder
//     at once; If-None-Match is atomic among them.
//   - Memory does not grow with the size of an object or of a bucket's history.
//
// What it does not give: versions, access control beyond the one key, or
// durability against the loss of the disk it lives on.
package s3sim

import (
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// DefaultRegion is the region a server answers for unless told otherwise.
const DefaultRegion = "us-east-1"

// Options says who may use a server and how it behaves. Only the two keys are
// required.
type Options struct {
	// AccessKey and Secret are the one pair of credentials that is let in.
	// A server without them refuses every request.
	AccessKey string
	Secret    string
	// Region is the region signatures must be made for; empty is DefaultRegion.
	Region string
	// UploadRate and DownloadRate limit what all requests of this server
	// together receive and send, in bytes a second; zero is no limit.
	UploadRate   int64
	DownloadRate int64
	// Now stamps objects and uploads; nil is time.Now. It may run on an
	// invented calendar: it plays no part in the check of signatures.
	Now func() time.Time
	// SignatureNow is the clock that signatures are held against (15 minutes
	// of skew are allowed); nil is time.Now.
	SignatureNow func() time.Time
	// NoSync leaves out fsync. For tests, whose folders need not survive a
	// power failure; a kill -9 is survived either way.
	NoSync bool
}

// Server serves the buckets below one folder. Its methods may be called from
// any goroutine.
type Server struct {
	dir      string
	opt      Options
	up, down *rate.Limiter // nil: no limit

	mu      sync.Mutex // guards running
	running []*running
}

var _ http.Handler = (*Server)(nil)

// New returns a server over dir, which is made on first use with mode 0700.
// It neither listens nor fails: a folder that cannot be written to shows as an
// error of [Server.ListenLoopback], or as a 500 answer.
func New(dir string, opt Options) *Server {
	if opt.Region == "" {
		opt.Region = DefaultRegion
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.SignatureNow == nil {
		opt.SignatureNow = time.Now
	}
	return &Server{dir: dir, opt: opt, up: limiter(opt.UploadRate), down: limiter(opt.DownloadRate)}
}

// Region is the region that clients must sign for.
func (s *Server) Region() string { return s.opt.Region }

func loopback(a net.Addr) bool {
	tcp, ok := a.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
