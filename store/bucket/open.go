package bucket

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7/pkg/s3utils"

	"vangnet/engine/clock"
)

// Credentials open a bucket of an S3 service. Folders need none.
type Credentials struct {
	AccessKey string
	SecretKey string
	Token     string // of temporary credentials
}

// String hides the secret.
func (c Credentials) String() string { return "key " + c.AccessKey }

// GoString hides the secret from %#v too.
func (c Credentials) GoString() string { return c.String() }

// Options for Open. The zero value is good.
type Options struct {
	// CAFile holds further certificate authorities in PEM, for S3 services of one's own.
	CAFile string
	// Create makes the folder of a file address. Without it a missing folder is
	// ErrNoBucket, so that a disk that is not plugged in is not taken for an empty one.
	Create bool
	// Attempts bounds how often a request to S3 is tried; zero means 10, some fifteen seconds.
	Attempts int
	Clock    clock.Clock
}

// Open opens the bucket at address, file:///dir or
// s3://bucket/prefix?endpoint=URL&region=NAME. It touches the network as little
// as possible: [Bucket.Check] tells whether the bucket is any good. The error
// wraps ErrBadAddress, ErrNoBucket or ErrNoCredentials.
func Open(ctx context.Context, address string, c Credentials, o Options) (Bucket, error) {
	place, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if place.Kind == KindFile {
		return openDir(place, o)
	}
	return openS3(place, c, o)
}

// ParseAddress reads a storage address without opening it.
func ParseAddress(address string) (Place, error) {
	u, err := url.Parse(address)
	if err != nil {
		return Place{}, badAddress("%q: %v", address, err)
	}
	if u.User != nil {
		return Place{}, badAddress("%s://…: it must not hold a key or password", u.Scheme)
	}
	switch {
	case u.Fragment != "":
		return Place{}, badAddress("%q: # is not allowed", address)
	case u.Scheme == "file":
		return parseFile(u)
	case u.Scheme == "s3":
		return parseS3(u)
	}
	return Place{}, badAddress("%q: it begins with file:/// or s3://", address)
}

func badAddress(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBadAddress, fmt.Sprintf(format, args...))
}

func parseFile(u *url.URL) (Place, error) {
	if u.RawQuery != "" || u.Opaque != "" || u.Host != "" && u.Host != "localhost" {
		return Place{}, badAddress("%q: a folder is written as file:///dir", u)
	}
	dir := u.Path
	if len(dir) >= 3 && dir[0] == '/' && dir[2] == ':' { // file:///C:/dir
		dir = dir[1:]
	}
	if dir == "" || dir == "/" || strings.ContainsRune(dir, 0) {
		return Place{}, badAddress("%q: it names no folder", u)
	}
	return Place{Kind: KindFile, Dir: dir}, nil
}

const awsEndpoint = "s3.amazonaws.com"

func parseS3(u *url.URL) (Place, error) {
	p := Place{Kind: KindS3, Bucket: u.Host, Endpoint: awsEndpoint, Region: "us-east-1"}
	if err := s3utils.CheckValidBucketNameStrict(p.Bucket); err != nil {
		return Place{}, badAddress("%q: %v", u, err)
	}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		if !ValidKey(prefix) {
			return Place{}, badAddress("%q: the prefix may hold letters, digits and . _ - only", u)
		}
		p.Prefix = prefix + "/"
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Place{}, badAddress("%q: %v", u, err)
	}
	for name, values := range query {
		if len(values) != 1 {
			return Place{}, badAddress("%q: %s is given twice", u, name)
		}
		switch name {
		case "region":
			p.Region = values[0]
		case "endpoint":
			if p.Endpoint, p.Insecure, err = parseEndpoint(values[0]); err != nil {
				return Place{}, err
			}
		default:
			return Place{}, badAddress("%q: %s is unknown; endpoint and region are known", u, name)
		}
	}
	return p, nil
}

// parseEndpoint reads the URL of an S3 service. Keys and the names of tenants
// must not cross a network unencrypted, so http is for this computer only.
func parseEndpoint(s string) (host string, insecure bool, err error) {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.User != nil {
		return "", false, badAddress("endpoint %q: it is written as https://host or https://host:port", s)
	}
	switch u.Scheme {
	case "https":
		return u.Host, false, nil
	case "http":
		if ip := net.ParseIP(u.Hostname()); u.Hostname() == "localhost" || ip != nil && ip.IsLoopback() {
			return u.Host, true, nil
		}
		return "", false, badAddress("endpoint %q: plain http is allowed to this computer only; use https", s)
	}
	return "", false, badAddress("endpoint %q: it begins with https://", s)
}
