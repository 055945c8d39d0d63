package bench

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/crc64nvme"
)

// noise is what files are made of, and what the server sends: any range of an
// object is noise from the same place on.
var noise = func() []byte {
	b := make([]byte, 1<<20)
	source := mathrand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
	return b
}()

const bucketName = "bench"

// sink is a server that speaks as much of S3 as the contenders need, throws
// away what it gets and sends noise. Neither a disk nor a hash of its own
// limits it. It serves the objects of which it got the size.
type sink struct {
	mu      sync.Mutex // guards the variables below
	objects map[string]object
	uploads map[string]*upload
	begun   int
}

type object struct {
	size int64
	crc  string
	etag string
}

type upload struct {
	sizes map[int]int64
	sums  map[int][]byte // MD5 of parts, where the client sent it
}

// serveRole serves until it is killed. Arguments: folder with certificate and
// key, or nothing for plain http.
func serveRole(args []string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(l.Addr())
	s := &http.Server{Handler: &sink{objects: map[string]object{}, uploads: map[string]*upload{}}}
	if len(args) == 0 {
		return s.Serve(l)
	}
	s.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){} // S3 speaks HTTP/1.1
	return s.ServeTLS(l, filepath.Join(args[0], "cert.pem"), filepath.Join(args[0], "key.pem"))
}

// endpoint starts a server in a process of its own.
func endpoint(tb testing.TB) string {
	return "http://" + background(tb, role(tb, "serve"))
}

// endpointTLS also makes its certificate; ca is the path of it.
func endpointTLS(tb testing.TB) (url, ca string) {
	dir := tb.TempDir()
	certificate(tb, dir)
	return "https://" + background(tb, role(tb, "serve", dir)), filepath.Join(dir, "cert.pem")
}

func certificate(tb testing.TB, dir string) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		tb.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		tb.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: private}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
}

func (s *sink) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodPut && key != "":
		s.put(w, r, key)
	case r.Method == http.MethodPost && q.Has("uploads"):
		s.begin(w, bucket, key)
	case r.Method == http.MethodPost && q.Has("uploadId"):
		s.complete(w, r, bucket, key)
	case r.Method == http.MethodDelete:
		w.WriteHeader(http.StatusNoContent)
	case key == "" && r.Method == http.MethodGet:
		s.list(w, q.Get("prefix"))
	case key == "":
		_, _ = io.Copy(io.Discard, r.Body)
	default:
		s.get(w, r, key)
	}
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 1<<20); return &b }}

// drain reads a body as it comes; aws-chunked ones tell their real size.
func drain(r *http.Request) int64 {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	var n int64
	for {
		m, err := r.Body.Read(*buf)
		n += int64(m)
		if err != nil {
			break
		}
	}
	if decoded, err := strconv.ParseInt(r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64); err == nil {
		return decoded
	}
	return n
}

// etagOf is the ETag that clients expect who sent an MD5.
func etagOf(r *http.Request) (etag string, sum []byte) {
	sum, err := base64.StdEncoding.DecodeString(r.Header.Get("Content-Md5"))
	if err != nil || len(sum) != md5.Size {
		return `"d41d8cd98f00b204e9800998ecf8427e"`, nil
	}
	return `"` + hex.EncodeToString(sum) + `"`, sum
}

// probed is the size up to which the server verifies a body: that of the
// store's probes, which find out whether checksums are enforced.
const probed = 4 << 10

// refused answers a small object as S3 does when it exists or is damaged.
func (s *sink) refused(w http.ResponseWriter, r *http.Request, key string) bool {
	s.mu.Lock()
	_, there := s.objects[key]
	s.mu.Unlock()
	code, status := "", 0
	if there && r.Header.Get("If-None-Match") == "*" {
		code, status = "PreconditionFailed", http.StatusPreconditionFailed
	}
	if sum := r.Header.Get("X-Amz-Checksum-Crc64nvme"); sum != "" && r.ContentLength <= probed {
		body, _ := io.ReadAll(r.Body)
		if base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, crc64nvme.Checksum(body))) != sum {
			code, status = "BadDigest", http.StatusBadRequest
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	if code == "" {
		return false
	}
	drain(r)
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
	return true
}

func (s *sink) put(w http.ResponseWriter, r *http.Request, key string) {
	if s.refused(w, r, key) {
		return
	}
	size := drain(r)
	etag, sum := etagOf(r)
	for name, v := range r.Header { // S3 echoes the checksum that it verified
		if strings.HasPrefix(name, "X-Amz-Checksum-") {
			w.Header()[name] = v
		}
	}
	w.Header().Set("ETag", etag)
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.uploads[r.URL.Query().Get("uploadId")]; u != nil {
		n, _ := strconv.Atoi(r.URL.Query().Get("partNumber"))
		u.sizes[n], u.sums[n] = size, sum
		return
	}
	s.objects[key] = object{size, r.Header.Get("X-Amz-Checksum-Crc64nvme"), etag}
}

func (s *sink) begin(w http.ResponseWriter, bucket, key string) {
	s.mu.Lock()
	s.begun++
	id := fmt.Sprintf("u%d", s.begun)
	s.uploads[id] = &upload{map[int]int64{}, map[int][]byte{}}
	s.mu.Unlock()
	fmt.Fprintf(w, "<InitiateMultipartUploadResult><Bucket>%s</Bucket><Key>%s</Key><UploadId>%s</UploadId></InitiateMultipartUploadResult>", bucket, key, id)
}

func (s *sink) complete(w http.ResponseWriter, r *http.Request, bucket, key string) {
	_, _ = io.Copy(io.Discard, r.Body)
	id := r.URL.Query().Get("uploadId")
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[id]
	if u == nil {
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchUpload</Code></Error>")
		return
	}
	delete(s.uploads, id)
	o := object{crc: r.Header.Get("X-Amz-Checksum-Crc64nvme")}
	whole := md5.New()
	for n := 1; n <= len(u.sizes); n++ {
		o.size += u.sizes[n]
		whole.Write(u.sums[n])
	}
	o.etag = fmt.Sprintf(`"%x-%d"`, whole.Sum(nil), len(u.sizes))
	s.objects[key] = o
	fmt.Fprintf(w, "<CompleteMultipartUploadResult><Bucket>%s</Bucket><Key>%s</Key><ETag>%s</ETag></CompleteMultipartUploadResult>", bucket, key, o.etag)
}

func (s *sink) list(w http.ResponseWriter, prefix string) {
	fmt.Fprint(w, "<ListBucketResult><Name>bench</Name><IsTruncated>false</IsTruncated>")
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, o := range s.objects {
		if strings.HasPrefix(key, prefix) {
			fmt.Fprintf(w, "<Contents><Key>%s</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>%s</ETag><Size>%d</Size></Contents>", key, o.etag, o.size)
		}
	}
	fmt.Fprint(w, "</ListBucketResult>")
}

func (s *sink) get(w http.ResponseWriter, r *http.Request, key string) {
	s.mu.Lock()
	o, ok := s.objects[key]
	s.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		if r.Method == http.MethodGet {
			_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
		}
		return
	}
	from, to, status := int64(0), o.size, http.StatusOK
	if a, b, ok := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-"); ok {
		from, _ = strconv.ParseInt(a, 10, 64)
		if last, err := strconv.ParseInt(b, 10, 64); err == nil {
			to = min(to, last+1)
		}
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, o.size))
	}
	h := w.Header()
	h.Set("ETag", o.etag)
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Type", "binary/octet-stream")
	h.Set("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
	h.Set("Content-Length", strconv.FormatInt(to-from, 10))
	if o.crc != "" && r.Header.Get("X-Amz-Checksum-Mode") != "" {
		h.Set("X-Amz-Checksum-Crc64nvme", o.crc)
		h.Set("X-Amz-Checksum-Type", "FULL_OBJECT")
	}
	w.WriteHeader(status)
	if r.Method == http.MethodGet {
		send(w, from, to)
	}
}

// send writes the bytes [from, to) of the endless noise.
func send(w io.Writer, from, to int64) {
	for from < to {
		at := from % int64(len(noise))
		chunk := noise[at:min(int64(len(noise)), at+to-from)]
		n, err := w.Write(chunk)
		if err != nil {
			return
		}
		from += int64(n)
	}
}
