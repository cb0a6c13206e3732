// Package miniotest runs a real S3 server, MinIO, for tests.
package miniotest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/stretchr/testify/require"

	"vangnet/store/bucket"
)

// The names of the buckets a server starts with.
const (
	Bucket   = "vangnet"   // versioning on, object lock allowed
	Plain    = "plain"     // neither
	Versions = "versioned" // versioning on, no object lock
)

// Server is a running MinIO server.
type Server struct {
	Endpoint    string // http://127.0.0.1:port
	Credentials bucket.Credentials
	Client      *minio.Client // with every right, to look behind the scenes
	Dir         string        // where it keeps its data
}

// Address returns the storage address of a place in one of the server's buckets.
func (s *Server) Address(name, prefix string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=%s&region=us-east-1", name, prefix, s.Endpoint)
}

// Open opens a place in the server's main bucket.
func (s *Server) Open(t testing.TB, prefix string) bucket.Bucket {
	t.Helper()
	b, err := bucket.Open(t.Context(), s.Address(Bucket, prefix), s.Credentials, bucket.Options{})
	require.NoError(t, err)
	return b
}

// WithoutDelete returns credentials that may write, lock and read in the main
// bucket and delete nothing, as the everyday key should be.
func (s *Server) WithoutDelete(t testing.TB) bucket.Credentials {
	t.Helper()
	const policy = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"arn:aws:s3:::*","Action":[
		"s3:GetObject","s3:PutObject","s3:PutObjectRetention","s3:ListBucket","s3:GetBucketVersioning","s3:GetBucketObjectLockConfiguration"]}]}`
	sts, err := credentials.NewSTSAssumeRole(s.Endpoint, credentials.STSAssumeRoleOptions{
		AccessKey: s.Credentials.AccessKey, SecretKey: s.Credentials.SecretKey, Policy: policy, DurationSeconds: 3600,
	})
	require.NoError(t, err)
	v, err := sts.GetWithContext(nil)
	require.NoError(t, err)
	return bucket.Credentials{AccessKey: v.AccessKeyID, SecretKey: v.SecretAccessKey, Token: v.SessionToken}
}

// Start starts a server that ends with the test. It uses the program that the
// environment variable VANGNET_MINIO names, or build/tools/minio, which it
// builds from the module in .ci/tools when it is missing.
func Start(t testing.TB) *Server {
	t.Helper()
	program, err := Program()
	require.NoError(t, err)
	s := &Server{Credentials: bucket.Credentials{AccessKey: "vangnet-test", SecretKey: "vangnet-test-secret"}, Dir: t.TempDir()}
	for attempt := range 5 { // the free port may be taken by the time the server listens
		if err = s.start(t, program); err == nil {
			break
		}
		t.Logf("attempt %d: %v", attempt+1, err)
	}
	require.NoError(t, err)
	for name, lock := range map[string]bool{Bucket: true, Plain: false, Versions: false} {
		require.NoError(t, patiently(func() error {
			return s.Client.MakeBucket(t.Context(), name, minio.MakeBucketOptions{ObjectLocking: lock})
		}))
	}
	require.NoError(t, patiently(func() error { return s.Client.EnableVersioning(t.Context(), Versions) }))
	return s
}

// patiently does what the server refuses as long as parts of it are not there
// yet, which on a busy machine is so for a moment after it calls itself ready.
func patiently(do func() error) error {
	for end := time.Now().Add(60 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		err := do()
		if err == nil || !strings.Contains(err.Error(), "not initialized") || time.Now().After(end) {
			return err
		}
	}
}

// start runs the program on a free port until the test ends.
func (s *Server) start(t testing.TB, program string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	var said bytes.Buffer
	cmd := exec.Command(program, "server", "--quiet", "--address", address, "--console-address", "127.0.0.1:0", s.Dir)
	cmd.Env = append(os.Environ(), "MINIO_ROOT_USER="+s.Credentials.AccessKey, "MINIO_ROOT_PASSWORD="+s.Credentials.SecretKey,
		"MINIO_BROWSER=off", "MINIO_UPDATE=off", "MINIO_CI_CD=1", "HOME="+s.Dir)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() {
		cmd.Process.Kill() //nolint:errcheck // it may have ended
		<-ended
	}
	s.Endpoint = "http://" + address
	if err := ready(t.Context(), s.Endpoint, ended); err != nil {
		if !errors.Is(err, errEnded) {
			stop()
		}
		return fmt.Errorf("%w; it said: %s", err, said.String())
	}
	t.Cleanup(stop)
	s.Client, err = minio.New(address, &minio.Options{Creds: credentials.NewStaticV4(s.Credentials.AccessKey, s.Credentials.SecretKey, "")})
	return err
}

var errEnded = errors.New("the server ended by itself")

// ready waits until the server answers.
func ready(ctx context.Context, endpoint string, ended <-chan error) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"/minio/health/ready", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close() //nolint:errcheck // nothing to read
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-ended:
			return fmt.Errorf("%w: %v", errEnded, err)
		case <-ctx.Done():
			return fmt.Errorf("wait for the server: %w", ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Program returns the path of the MinIO program, building it when needed.
func Program() (string, error) { return Tool("VANGNET_MINIO", "minio", "github.com/minio/minio", true) }

// Tool returns the path of a program of the module in .ci/tools: what the
// environment variable names, or build/tools/<name>. When that is missing it is
// built if build says so, and otherwise "" is returned.
func Tool(env, name, pkg string, build bool, flags ...string) (string, error) {
	if path := os.Getenv(env); path != "" {
		return path, nil
	}
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	file := name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	path := filepath.Join(root, "build", "tools", file)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if !build {
		return "", nil
	}
	return path, buildTool(root, path, pkg, flags)
}

// buildTool builds under a lock, so that test programs at the same time build once.
func buildTool(root, path, pkg string, flags []string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	lock := flock.New(path + ".lock")
	if err := lock.Lock(); err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	defer lock.Unlock() //nolint:errcheck // ends with the process
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	args := append([]string{"build", "-C", filepath.Join(root, ".ci", "tools"), "-buildvcs=false", "-o", path + ".new"}, flags...)
	cmd := exec.Command("go", append(args, pkg)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return os.Rename(path+".new", path)
}

// moduleRoot finds the folder with go.mod above the working folder.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", errors.New("no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
}
