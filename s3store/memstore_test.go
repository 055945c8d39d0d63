package s3store

import (
	"bytes"
	"crypto/md5"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/minio/crc64nvme"
)

// memStore is a store in memory. The zero value has all the defects of old
// ones: nothing is verified and no checksum kept. With strict it does as S3.
type memStore struct {
	strict      bool // verifies and keeps checksums, honours conditions
	conditional bool // honours If-None-Match on PutObject
	checksums   bool // keeps checksums, without looking at them
	refuse      bool // refuses requests with a CRC64NVME header
	md5ETags    bool // ETags as S3 documents them; else something
	oneByOne    bool // cannot delete many objects at once
	discard     bool // keeps sizes only, serves zeros

	mu      sync.Mutex // guards the variables below
	objects map[string]memObject
	uploads map[string]memUpload
	begun   int
	spoil   int // flips a byte in so many uploads to come
	puts    int
	gets    int
	locks   map[string]Lock // by the end of a key: what HEAD tells
}

type memUpload struct {
	key   string
	parts map[int]memObject
}

type memObject struct {
	data []byte
	size int64
	crc  string
	etag string
	md5  []byte
}

// memory serves a store in memory.
func memory(tb testing.TB, m *memStore) string {
	tb.Helper()
	m.objects, m.uploads = map[string]memObject{}, map[string]memUpload{}
	if m.strict {
		m.conditional, m.checksums, m.md5ETags = true, true, true
	}
	srv := httptest.NewServer(m)
	tb.Cleanup(srv.Close)
	return srv.URL
}

func fail(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
}

var drainBuffers = sync.Pool{New: func() any { b := make([]byte, 1<<20); return &b }}

// receive takes a body as it comes.
func (m *memStore) receive(r *http.Request) memObject {
	o := memObject{crc: r.Header.Get("X-Amz-Checksum-Crc64nvme"), etag: "d41d8cd98f00b204e9800998ecf8427e"}
	if m.discard {
		buf := drainBuffers.Get().(*[]byte)
		defer drainBuffers.Put(buf)
		for {
			n, err := r.Body.Read(*buf)
			o.size += int64(n)
			if err != nil {
				return o
			}
		}
	}
	o.data, _ = io.ReadAll(r.Body)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.puts++
	if m.spoil > 0 && len(o.data) > 100 {
		m.spoil--
		o.data[50] ^= 4
	}
	o.size = int64(len(o.data))
	if m.md5ETags {
		sum := md5.Sum(o.data)
		o.md5, o.etag = sum[:], fmt.Sprintf("%x", sum)
	}
	return o
}

func (m *memStore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	q := r.URL.Query()
	if bucket != testBucket {
		fail(w, 404, "NoSuchBucket")
		return
	}
	if m.refuse && (r.Header.Get("X-Amz-Checksum-Crc64nvme") != "" || r.Header.Get("X-Amz-Checksum-Algorithm") == "CRC64NVME") {
		_, _ = io.Copy(io.Discard, r.Body)
		fail(w, 400, "InvalidRequest")
		return
	}
	switch {
	case key == "" && q.Has("uploads"):
		m.listUploads(w, q.Get("prefix"))
	case key == "" && r.Method == http.MethodGet:
		m.list(w, q.Get("prefix"), max(q.Get("start-after"), q.Get("continuation-token")), q.Get("delimiter"))
	case key == "":
		m.deleteMany(w, r)
	case q.Has("uploads"):
		m.begin(w, key)
	case q.Has("uploadId"):
		m.multipart(w, r, key, q.Get("uploadId"), q.Get("partNumber"))
	case r.Method == http.MethodPut:
		m.put(w, r, key)
	case r.Method == http.MethodDelete:
		m.mu.Lock()
		delete(m.objects, key)
		m.mu.Unlock()
		w.WriteHeader(204)
	default:
		m.get(w, r, key)
	}
}

func (m *memStore) list(w http.ResponseWriter, prefix, after, delimiter string) {
	m.mu.Lock()
	var f fakeBucket
	for key := range m.objects {
		f.keys = append(f.keys, key)
	}
	m.mu.Unlock()
	slices.Sort(f.keys)
	_ = xml.NewEncoder(w).Encode(f.page(prefix, after, delimiter))
}

func (m *memStore) deleteMany(w http.ResponseWriter, r *http.Request) {
	if m.oneByOne {
		fail(w, 501, "NotImplemented")
		return
	}
	var in struct{ Object []struct{ Key string } }
	_ = xml.NewDecoder(r.Body).Decode(&in)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, o := range in.Object {
		delete(m.objects, o.Key)
	}
	_, _ = io.WriteString(w, "<DeleteResult></DeleteResult>")
}

func (m *memStore) put(w http.ResponseWriter, r *http.Request, key string) {
	o := m.receive(r)
	if m.strict && !o.sound() {
		fail(w, 400, "BadDigest")
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.objects[key]; taken && m.conditional && r.Header.Get("If-None-Match") == "*" {
		fail(w, 412, "PreconditionFailed")
		return
	}
	m.objects[key] = o
	w.Header().Set("ETag", `"`+o.etag+`"`)
}

// sound reports whether an object is what its checksum says.
func (o memObject) sound() bool { return o.crc == "" || o.crc == crcText(crc64nvme.Checksum(o.data)) }

func (m *memStore) begin(w http.ResponseWriter, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.begun++
	id := fmt.Sprint("u", m.begun)
	m.uploads[id] = memUpload{key, map[int]memObject{}}
	fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
}

func (m *memStore) multipart(w http.ResponseWriter, r *http.Request, key, id, number string) {
	var o memObject
	if r.Method == http.MethodPut {
		o = m.receive(r)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.uploads[id]
	if !ok {
		fail(w, 404, "NoSuchUpload")
		return
	}
	switch r.Method {
	case http.MethodPut:
		if m.strict && !o.sound() {
			fail(w, 400, "BadDigest")
			return
		}
		n, _ := strconv.Atoi(number)
		u.parts[n] = o
		w.Header().Set("ETag", `"`+o.etag+`"`)
	case http.MethodGet:
		m.listParts(w, u)
	case http.MethodDelete:
		delete(m.uploads, id)
		w.WriteHeader(204)
	default:
		m.complete(w, r, key, id)
	}
}

func (m *memStore) listParts(w http.ResponseWriter, u memUpload) {
	_, _ = io.WriteString(w, "<ListPartsResult>")
	for n, p := range u.parts {
		fmt.Fprintf(w, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag><Size>%d</Size></Part>", n, p.etag, p.size)
	}
	_, _ = io.WriteString(w, "</ListPartsResult>")
}

func (m *memStore) listUploads(w http.ResponseWriter, prefix string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, _ = io.WriteString(w, "<ListMultipartUploadsResult>")
	for id, u := range m.uploads {
		if strings.HasPrefix(u.key, prefix) {
			fmt.Fprintf(w, "<Upload><Key>%s</Key><UploadId>%s</UploadId><Initiated>%s</Initiated></Upload>",
				u.key, id, time.Now().UTC().Format(time.RFC3339))
		}
	}
	_, _ = io.WriteString(w, "</ListMultipartUploadsResult>")
}

// complete joins parts; mu is held.
func (m *memStore) complete(w http.ResponseWriter, r *http.Request, key, id string) {
	parts := m.uploads[id].parts
	whole := memObject{crc: r.Header.Get("X-Amz-Checksum-Crc64nvme"), etag: "something-2"}
	var sums []byte
	for n := 1; n <= len(parts); n++ {
		whole.size += parts[n].size
		whole.data = append(whole.data, parts[n].data...)
		sums = append(sums, parts[n].md5...)
	}
	if m.md5ETags {
		whole.etag = fmt.Sprintf("%x-%d", md5.Sum(sums), len(parts))
	}
	_, taken := m.objects[key]
	switch {
	case m.strict && taken && r.Header.Get("If-None-Match") == "*":
		fail(w, 412, "PreconditionFailed")
		return
	case m.strict && (!whole.sound() || r.Header.Get("X-Amz-Mp-Object-Size") != strconv.FormatInt(whole.size, 10)):
		fail(w, 400, "BadDigest")
		return
	}
	delete(m.uploads, id)
	m.objects[key] = whole
	_, _ = io.WriteString(w, "<CompleteMultipartUploadResult></CompleteMultipartUploadResult>")
}

var zeros = make([]byte, 1<<20)

func (m *memStore) get(w http.ResponseWriter, r *http.Request, key string) {
	m.mu.Lock()
	o, ok := m.objects[key]
	if r.Method == http.MethodGet {
		m.gets++
	}
	m.mu.Unlock()
	if !ok {
		fail(w, 404, "NoSuchKey")
		return
	}
	if m.checksums && r.Header.Get("X-Amz-Checksum-Mode") != "" {
		w.Header().Set("X-Amz-Checksum-Crc64nvme", o.crc)
	}
	for end, l := range m.locks {
		if strings.HasSuffix(key, end) {
			w.Header().Set("X-Amz-Object-Lock-Mode", l.Mode)
			w.Header().Set("X-Amz-Object-Lock-Retain-Until-Date", l.Until.Format(time.RFC3339))
		}
	}
	w.Header().Set("ETag", `"`+o.etag+`"`)
	from, to, status := int64(0), o.size-1, http.StatusOK
	if n, _ := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-%d", &from, &to); n == 2 {
		status = http.StatusPartialContent
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, o.size))
	}
	w.Header().Set("Content-Length", strconv.FormatInt(to-from+1, 10))
	w.WriteHeader(status)
	if r.Method == http.MethodHead {
		return
	}
	if !m.discard {
		_, _ = io.Copy(w, bytes.NewReader(o.data[from:to+1]))
		return
	}
	for left := to - from + 1; left > 0; {
		n, err := w.Write(zeros[:min(left, int64(len(zeros)))])
		if left -= int64(n); err != nil {
			return
		}
	}
}
