package s3sim

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// The values of x-amz-content-sha256 that are not a hash.
const (
	unsignedPayload        = "UNSIGNED-PAYLOAD"
	streamingUnsignedTrail = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
	streamingSigned        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	streamingSignedTrail   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
)

const (
	emptySHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	// maxTrailer bounds what may follow the last chunk.
	maxTrailer = 16 << 10
)

// chunkedReader decodes an aws-chunked body: "size[;chunk-signature=hex]" CRLF,
// data, CRLF, again and again, ended by a chunk of size 0 and perhaps trailing
// headers. Where chunks are signed, each signature is verified before the
// end of its chunk is reported; a body that fails is never stored, since what
// was written until then is dropped by the caller.
type chunkedReader struct {
	r        *bufio.Reader
	sig      signature
	signed   bool // chunks carry signatures
	trailing bool // headers follow the last chunk
	trailer  http.Header

	left     int64 // of the chunk being read
	open     bool  // within a chunk
	claimed  string
	previous string // the signature that the next one builds on
	sum      hash.Hash
	err      error
}

func newChunkedReader(r io.Reader, mode string, sig signature) *chunkedReader {
	return &chunkedReader{
		r:        bufio.NewReaderSize(r, 64<<10),
		sig:      sig,
		signed:   mode != streamingUnsignedTrail,
		trailing: mode != streamingSigned,
		trailer:  http.Header{},
		previous: sig.value,
		sum:      sha256.New(),
	}
}

func (c *chunkedReader) Read(p []byte) (int, error) {
	for c.err == nil && c.left == 0 {
		c.err = c.advance()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if c.signed {
		c.sum.Write(p[:n])
	}
	if err != nil {
		c.err = unexpected(err)
	}
	return n, c.err
}

// advance ends the chunk that was read and begins the next one. After the last
// one it returns io.EOF.
func (c *chunkedReader) advance() error {
	if c.open {
		if err := c.endChunk(); err != nil {
			return err
		}
	}
	size, err := c.beginChunk()
	if err != nil || size > 0 {
		return err
	}
	if err := c.verifyChunk(); err != nil {
		return err
	}
	if c.trailing {
		return c.readTrailer()
	}
	return c.skipLine()
}

func (c *chunkedReader) beginChunk() (int64, error) {
	line, err := c.line()
	if err != nil {
		return 0, err
	}
	digits, extension, _ := strings.Cut(line, ";")
	size, err := strconv.ParseInt(digits, 16, 63)
	if err != nil || size < 0 {
		return 0, errInvalidRequest.because("The aws-chunked body has a malformed chunk size.")
	}
	c.claimed, _ = strings.CutPrefix(extension, "chunk-signature=")
	c.sum.Reset()
	c.left, c.open = size, size > 0
	return size, nil
}

func (c *chunkedReader) endChunk() error {
	c.open = false
	if line, err := c.line(); err != nil || line != "" {
		return errors.Join(errInvalidRequest.because("A chunk of the aws-chunked body is longer than it says."), err)
	}
	return c.verifyChunk()
}

func (c *chunkedReader) verifyChunk() error {
	if !c.signed {
		return nil
	}
	want := c.sig.sign(signatureAlgorithm+"-PAYLOAD", c.previous, emptySHA256, hexSum(c.sum))
	if want != c.claimed {
		return errSignature.because("The signature of a chunk does not match.")
	}
	c.previous = want
	return nil
}

// readTrailer reads the headers after the last chunk, up to an empty line, and
// verifies their signature where chunks are signed.
func (c *chunkedReader) readTrailer() error {
	var signed bytes.Buffer
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || signed.Len()+len(line) > maxTrailer {
			return errInvalidRequest.because("The trailer of the aws-chunked body is malformed.")
		}
		c.trailer.Set(name, strings.TrimSpace(value))
		if name != "x-amz-trailer-signature" {
			signed.WriteString(name + ":" + strings.TrimSpace(value) + "\n")
		}
	}
	if c.signed && c.sig.sign(signatureAlgorithm+"-TRAILER", c.previous, sha256Hex(signed.Bytes())) !=
		c.trailer.Get("x-amz-trailer-signature") {
		return errSignature.because("The signature of the trailer does not match.")
	}
	return io.EOF
}

// skipLine reads the line end behind a last chunk without trailer. Some
// clients leave it out.
func (c *chunkedReader) skipLine() error {
	if line, err := c.line(); err == nil && line != "" {
		return errInvalidRequest.because("The aws-chunked body goes on behind its last chunk.")
	}
	return io.EOF
}

// line reads one line of framing, which is short by nature.
func (c *chunkedReader) line() (string, error) {
	text, err := c.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return "", errInvalidRequest.because("The aws-chunked body is malformed.")
	}
	if err != nil {
		return "", unexpected(err)
	}
	line, ok := strings.CutSuffix(string(text), "\r\n")
	if !ok {
		return "", errInvalidRequest.because("A line of the aws-chunked framing does not end in CRLF.")
	}
	return line, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
