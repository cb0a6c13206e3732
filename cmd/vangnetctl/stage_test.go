package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"io/fs"
	"math/big"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"vangnet/engine/clock"
	"vangnet/engine/graph/sim"
	"vangnet/store/bucket/miniotest"
)

// world is the key of a script's stage.
type world struct{}

// stage is the simulator of one script.
type stage struct {
	server *sim.Server
	client *http.Client

	program *exec.Cmd                // that was interrupted
	minio   func() *miniotest.Server // starts an S3 server for all scripts, once
}

func cmdSim(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(world{}).(*stage)
	switch {
	case neg || len(args) == 0:
		ts.Fatalf("usage: sim start SEED | stop | NAME JSON")
	case args[0] == "start":
		s.start(ts, args[1:])
	case args[0] == "stop":
		ts.Check(s.server.Close())
	default:
		s.call(ts, args[0], args[1])
	}
}

// start begins a simulator on a seed folder, and tells the script how to sign in.
func (s *stage) start(ts *testscript.TestScript, args []string) {
	w := sim.NewWorld(11, sim.NewShiftedClock(clock.System()))
	w.SetTemp(ts.MkAbs("."))
	_, err := w.LoadSeed(ts.MkAbs(args[0]))
	ts.Check(err)
	var o sim.Options
	if len(args) > 1 {
		o.Latency, err = time.ParseDuration(args[1])
		ts.Check(err)
	}
	s.server, err = sim.Start(context.Background(), w, o)
	ts.Check(err)
	s.client = s.server.Client()
	ts.Defer(func() {
		s.client.CloseIdleConnections()
		_ = s.server.Close()
	})
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), s.server.CA(), 0o600))
	ts.Setenv("CLOUD", s.server.URL())
	for _, t := range w.Tenants() {
		label, _, _ := strings.Cut(t.Domain(), ".")
		ts.Check(os.WriteFile(ts.MkAbs(label+".secret"), []byte(t.DefaultApp().Secret()+"\n"), 0o600))
		ts.Setenv(strings.ToUpper(label), t.ID())
		ts.Setenv(strings.ToUpper(label)+"_CLIENT", t.DefaultApp().ClientID)
	}
}

// call makes one of the simulator's control calls. $WORK in it is the script's folder.
func (s *stage) call(ts *testscript.TestScript, name, body string) {
	reply, err := s.client.Post(s.server.URL()+"/sim/"+name, "application/json", strings.NewReader(body))
	ts.Check(err)
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	ts.Check(err)
	if reply.StatusCode != http.StatusOK {
		ts.Fatalf("sim %s: %s", name, text)
	}
}

// cmdCertificate makes a self-signed certificate with its key, and FILE.pub
// without the key.
func cmdCertificate(ts *testscript.TestScript, _ bool, args []string) {
	days, err := time.ParseDuration(args[1])
	ts.Check(err)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	ts.Check(err)
	end := time.Now().Add(days)
	draft := &x509.Certificate{SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "vangnet"}, NotBefore: end.AddDate(-1, 0, 0), NotAfter: end}
	der, err := x509.CreateCertificate(rand.Reader, draft, draft, &key.PublicKey, key)
	ts.Check(err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	ts.Check(err)
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	both := append(bytes.Clone(public), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), both, 0o600))
	ts.Setenv("CERTIFICATE", strings.ReplaceAll(string(public), "\n", `\n`))
}

// cmdDamage flips one byte in the middle of the largest file below a folder.
func cmdDamage(ts *testscript.TestScript, _ bool, args []string) {
	var largest string
	var most int64
	ts.Check(filepath.WalkDir(ts.MkAbs(args[0]), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Size() > most {
			largest, most = path, info.Size()
		}
		return err
	}))
	text, err := os.ReadFile(largest)
	ts.Check(err)
	text[len(text)/2] ^= 1
	ts.Check(os.Chmod(largest, 0o600))
	ts.Check(os.WriteFile(largest, text, 0o600))
}

// mountable reports whether a small disk can be mounted.
func mountable(dir string) bool {
	if exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "vangnet-test", dir).Run() != nil {
		return false
	}
	return exec.Command("umount", "-l", dir).Run() == nil
}

// cmdTmpfs mounts a disk of a given size.
func cmdTmpfs(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	ts.Check(exec.Command("mount", "-t", "tmpfs", "-o", "size="+args[1], "vangnet-test", dir).Run())
	ts.Defer(func() { _ = exec.Command("umount", "-l", dir).Run() })
}

// cmdMinio starts an S3 server and tells the script its endpoint and keys.
func cmdMinio(ts *testscript.TestScript, _ bool, _ []string) {
	s := ts.Value(world{}).(*stage).minio()
	ts.Setenv("S3", s.Endpoint)
	ts.Setenv("AWS_ACCESS_KEY_ID", s.Credentials.AccessKey)
	ts.Setenv("AWS_SECRET_ACCESS_KEY", s.Credentials.SecretKey)
}

// cmdFill writes a file until its disk is full.
func cmdFill(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	for size := 1 << 16; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	_ = f.Close()
}
