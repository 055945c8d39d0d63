package s3sim

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

// getObject answers GET and HEAD.
func (s *Server) getObject(w http.ResponseWriter, r *request) error {
	b, err := s.bucket(r.bucket)
	if err != nil {
		return err
	}
	m, f, err := b.open(r.key)
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() != m.Size {
		return errInternal.because("The object's data is not as long as its metadata says.")
	}
	if err := m.readCondition(r.Header); err != nil {
		w.Header().Set("ETag", quoted(m.ETag))
		return err
	}
	span, err := spanOf(r.Header.Get("Range"), m.Size)
	if err != nil {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", m.Size))
		return err
	}
	m.setHeaders(w.Header(), r, span)
	w.WriteHeader(span.status())
	if r.Method == http.MethodGet {
		return s.send(w, r, f, span)
	}
	return nil
}

// send copies a span of f to the client. What goes wrong from here on can only
// be shown by cutting the connection: the status has gone out.
func (s *Server) send(w http.ResponseWriter, r *request, f *os.File, sp span) error {
	if _, err := f.Seek(sp.first, io.SeekStart); err != nil {
		panic(http.ErrAbortHandler)
	}
	body := limited(r.Context(), io.LimitReader(f, sp.length), s.down)
	if n, err := io.Copy(w, body); err != nil || n != sp.length {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (m *meta) setHeaders(h http.Header, r *request, sp span) {
	for name, v := range m.Headers {
		h.Set(name, v)
	}
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "binary/octet-stream")
	}
	for name, v := range m.UserMeta {
		h["x-amz-meta-"+name] = []string{v} // S3 sends the names in lower case
	}
	h.Set("ETag", quoted(m.ETag))
	h.Set("Last-Modified", m.LastModified.UTC().Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Length", strconv.FormatInt(sp.length, 10))
	if m.StorageClass != storageClasses[0] {
		h.Set("x-amz-storage-class", m.StorageClass)
	}
	if sp.partial {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", sp.first, sp.first+sp.length-1, m.Size))
		return // a checksum of the whole would not be one of the range
	}
	if strings.EqualFold(r.Header.Get("x-amz-checksum-mode"), "ENABLED") {
		m.Checksum.set(h)
	}
}

// readCondition judges the preconditions of a read, in HTTP's order.
func (m *meta) readCondition(h http.Header) error {
	match, none := h.Get("If-Match"), h.Get("If-None-Match")
	since, sinceErr := http.ParseTime(h.Get("If-Modified-Since"))
	until, untilErr := http.ParseTime(h.Get("If-Unmodified-Since"))
	modified := m.LastModified.Truncate(time.Second)
	switch {
	case match != "" && !m.listedIn(match):
		return errPreconditionFailed
	case match == "" && untilErr == nil && modified.After(until):
		return errPreconditionFailed
	case none != "" && m.listedIn(none):
		return errNotModified
	case none == "" && sinceErr == nil && !modified.After(since):
		return errNotModified
	}
	return nil
}

func (m *meta) listedIn(tags string) bool {
	for t := range strings.SplitSeq(tags, ",") {
		if t = unquoted(strings.TrimSpace(t)); t == "*" || t == m.ETag {
			return true
		}
	}
	return false
}

// span is the part of an object that is asked for.
type span struct {
	first, length int64
	partial       bool
}

func (sp span) status() int {
	if sp.partial {
		return http.StatusPartialContent
	}
	return http.StatusOK
}

// spanOf reads a Range header. Like S3 it knows a single range only and ignores
// what it does not understand.
func spanOf(header string, size int64) (span, error) {
	whole := span{0, size, false}
	text, ok := strings.CutPrefix(header, "bytes=")
	from, to, dash := strings.Cut(text, "-")
	if !ok || !dash || from == "" && to == "" {
		return whole, nil
	}
	first, firstOK := offset(from)
	last, lastOK := offset(to)
	switch {
	case !firstOK || !lastOK || from != "" && to != "" && last < first:
		return whole, nil
	case from == "": // the last so many bytes
		first, last = max(0, size-last), size-1
	case to == "" || last >= size:
		last = size - 1
	}
	if first > last {
		return whole, errInvalidRange
	}
	return span{first, last - first + 1, true}, nil
}

// offset reads one end of a range, which may be left open.
func offset(text string) (n int64, ok bool) {
	if text == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 0
}
