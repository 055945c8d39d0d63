package s3sim

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	signatureAlgorithm = "AWS4-HMAC-SHA256"
	amzTime            = "20060102T150405Z"
	allowedSkew        = 15 * time.Minute
)

// signature is a verified signature: what is needed to verify the chunks of a
// body that is signed piece by piece.
type signature struct {
	key   []byte // the signing key of the day, region and service
	time  string // in the form of amzTime
	scope string
	value string // hexadecimal
}

// authorization is the Authorization header, taken apart.
type authorization struct {
	accessKey                     string
	date, region, service, suffix string
	signed                        []string
	signature                     string
}

func (a authorization) scope() string {
	return strings.Join([]string{a.date, a.region, a.service, a.suffix}, "/")
}

func parseAuthorization(header string) (authorization, error) {
	var a authorization
	if header == "" {
		return a, errAccessDenied
	}
	rest, ok := strings.CutPrefix(header, signatureAlgorithm)
	if !ok {
		return a, errInvalidRequest.because("The authorization mechanism is not supported. Please use %s.", signatureAlgorithm)
	}
	for field := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch name {
		case "Credential":
			scope := strings.Split(value, "/")
			if len(scope) != 5 {
				return a, errMalformedAuth
			}
			a.accessKey, a.date, a.region, a.service, a.suffix = scope[0], scope[1], scope[2], scope[3], scope[4]
		case "SignedHeaders":
			a.signed = strings.Split(value, ";")
		case "Signature":
			a.signature = value
		}
	}
	if a.accessKey == "" || a.signature == "" || a.service != "s3" || a.suffix != "aws4_request" {
		return a, errMalformedAuth
	}
	return a, nil
}

// authenticate verifies the header signature of r.
func (s *Server) authenticate(r *http.Request) (signature, error) {
	a, err := parseAuthorization(r.Header.Get("Authorization"))
	if err != nil {
		return signature{}, err
	}
	if s.opt.AccessKey == "" || a.accessKey != s.opt.AccessKey {
		return signature{}, errInvalidAccessKey
	}
	if r.Header.Get("x-amz-security-token") != "" {
		return signature{}, errInvalidToken
	}
	if a.region != s.opt.Region {
		return signature{}, errMalformedAuth.because(
			"The authorization header is malformed; the region '%s' is wrong; expecting '%s'", a.region, s.opt.Region)
	}
	if err := s.timely(r, a); err != nil {
		return signature{}, err
	}
	return s.compare(r, a)
}

func (s *Server) timely(r *http.Request, a authorization) error {
	signed, err := time.Parse(amzTime, r.Header.Get("x-amz-date"))
	if err != nil || signed.Format("20060102") != a.date {
		return errAccessDenied.because("AWS authentication requires a valid x-amz-date header.")
	}
	if skew := s.opt.SignatureNow().Sub(signed); skew > allowedSkew || skew < -allowedSkew {
		return errTimeSkewed
	}
	return nil
}

func (s *Server) compare(r *http.Request, a authorization) (signature, error) {
	canonical, err := canonicalRequest(r, a.signed)
	if err != nil {
		return signature{}, err
	}
	sig := signature{key: signingKey(s.opt.Secret, a), time: r.Header.Get("x-amz-date"), scope: a.scope()}
	sig.value = sig.sign(signatureAlgorithm, sha256Hex([]byte(canonical)))
	if subtle.ConstantTimeCompare([]byte(sig.value), []byte(a.signature)) != 1 {
		return signature{}, errSignature
	}
	return sig, nil
}

// sign signs lines, which are put below the algorithm, time and scope.
func (sig signature) sign(algorithm string, lines ...string) string {
	text := append([]string{algorithm, sig.time, sig.scope}, lines...)
	return hex.EncodeToString(mac(sig.key, strings.Join(text, "\n")))
}

func signingKey(secret string, a authorization) []byte {
	key := mac([]byte("AWS4"+secret), a.date)
	for _, part := range []string{a.region, a.service, a.suffix} {
		key = mac(key, part)
	}
	return key
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// canonicalRequest is the text that the client signed. The headers that decide
// what a request does must be among the signed ones.
func canonicalRequest(r *http.Request, signed []string) (string, error) {
	if !slices.Contains(signed, "host") {
		return "", errMalformedAuth.because("The host header is not signed.")
	}
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(signed, name) {
			return "", errAccessDenied.because("There were headers present in the request which were not signed: %s", name)
		}
	}
	payload := r.Header.Get("x-amz-content-sha256")
	if payload == "" {
		return "", errInvalidRequest.because("Missing required header for this request: x-amz-content-sha256")
	}
	var headers strings.Builder
	for _, name := range signed {
		headers.WriteString(name + ":" + headerValue(r, name) + "\n")
	}
	return strings.Join([]string{
		r.Method, awsEscape(r.URL.Path, true), canonicalQuery(r.URL.Query()),
		headers.String(), strings.Join(signed, ";"), payload,
	}, "\n"), nil
}

// headerValue is a header as it is signed. Two of them net/http keeps elsewhere.
func headerValue(r *http.Request, name string) string {
	values := r.Header.Values(name)
	switch {
	case name == "host":
		return r.Host
	case name == "content-length" && len(values) == 0:
		return strconv.FormatInt(r.ContentLength, 10)
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.Join(strings.Fields(v), " ")
	}
	return strings.Join(trimmed, ",")
}

func canonicalQuery(q url.Values) string {
	var pairs []string
	for name, values := range q {
		for _, v := range values {
			pairs = append(pairs, awsEscape(name, false)+"="+awsEscape(v, false))
		}
	}
	slices.Sort(pairs)
	return strings.Join(pairs, "&")
}

// awsEscape is the percent-encoding of Signature Version 4: everything but
// letters, digits and -._~ (and / where slash is set).
func awsEscape(s string, slash bool) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if unreserved(c) || c == '/' && slash {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}

func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}
