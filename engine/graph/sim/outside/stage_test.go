package outside_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// stage is a folder with all that a run needs: programs, seed, certificate.
// Both the test outside and the one inside the private network know it.
type stage struct {
	t   *testing.T
	dir string
}

func newStage(t *testing.T) *stage { return &stage{t, t.TempDir()} }

// facts are what the seed holds, for comparison with what clients find.
type facts struct {
	Users    []string          `json:"users"`    // principal names
	Licensed int               `json:"licensed"` // users with a licence
	Mails    map[string]string `json:"mails"`    // SHA-256 of each message in Anna's inbox, by subject
	Files    map[string]string `json:"files"`    // SHA-256 of each file of Anna, by path
	Rclone   string            `json:"rclone"`   // the program
	Node     string            `json:"node"`     // folder with the packages and scripts; empty: none
}

// prepare builds the programs and writes the seed. It needs the network where
// programs and packages are not kept from an earlier run.
func (s *stage) prepare() {
	s.t.Helper()
	f := &facts{Mails: map[string]string{}, Files: map[string]string{}}
	root := repository(s.t)
	s.build(".", filepath.Join(s.dir, "m365sim"), "./cmd/m365sim")
	f.Rclone = filepath.Join(root, "build", "tools", "rclone")
	s.build(filepath.Join(".ci", "clients", "rclone"), f.Rclone, ".")
	f.Node = s.packages(root)
	var lines strings.Builder
	fmt.Fprintln(&lines, "127.0.0.1 localhost "+strings.Join(hosts, " "))
	s.write("hosts", []byte(lines.String()))
	s.seed(f)
	text, err := json.Marshal(f)
	require.NoError(s.t, err)
	s.write("facts.json", text)
}

func (s *stage) write(name string, data []byte) string {
	s.t.Helper()
	path := filepath.Join(s.dir, filepath.FromSlash(name))
	require.NoError(s.t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(s.t, os.WriteFile(path, data, 0o600))
	return path
}

// build compiles a program of the repository.
func (s *stage) build(folder, out, what string) {
	s.t.Helper()
	cmd := exec.Command("go", "build", "-o", out, what)
	cmd.Dir = filepath.Join(repository(s.t), folder)
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false")
	said, err := cmd.CombinedOutput()
	require.NoError(s.t, err, "build %s in %s: %s", what, folder, said)
}

// packages installs the pinned npm packages below build/ and puts the scripts
// beside them. It returns the folder, or nothing where there is no Node.js.
func (s *stage) packages(root string) string {
	s.t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			return ""
		}
	}
	from, to := filepath.Join(root, ".ci", "clients", "npm"), filepath.Join(root, "build", "clients", "npm")
	require.NoError(s.t, os.MkdirAll(to, 0o755))
	scripts, err := filepath.Glob(filepath.Join(from, "*.mjs"))
	require.NoError(s.t, err)
	for _, path := range append(scripts, filepath.Join(from, "package.json"), filepath.Join(from, "package-lock.json")) {
		data, err := os.ReadFile(path)
		require.NoError(s.t, err)
		require.NoError(s.t, os.WriteFile(filepath.Join(to, filepath.Base(path)), data, 0o600))
	}
	lock, err := os.ReadFile(filepath.Join(from, "package-lock.json"))
	require.NoError(s.t, err)
	stamp := filepath.Join(to, "node_modules", ".installed")
	if done, err := os.ReadFile(stamp); err == nil && string(done) == hash(lock) {
		return to
	}
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = to
	said, err := cmd.CombinedOutput()
	require.NoError(s.t, err, "npm ci: %s", said)
	require.NoError(s.t, os.WriteFile(stamp, []byte(hash(lock)), 0o600))
	return to
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// seed writes a tenant with enough users and mails for several pages.
func (s *stage) seed(f *facts) {
	cert, key := certificate(s.t)
	s.write("cert.pem", cert)
	s.write("key.pem", key)
	s.write("both.pem", append(key, cert...))
	top := "seed/" + domain + "/"
	s.write(top+"app.pem", cert)
	s.write(top+"tenant.json", []byte(`{"display_name":"Contoso","licences":{"SPB":40},"certificates":["app.pem"]}`))
	for i := range 23 {
		s.user(f, fmt.Sprintf("medewerker%02d", i), `{"licences":["SPB"]}`)
	}
	s.user(f, "anna", `{"display_name":"Anna de Vries","licences":["SPB"]}`)
	s.user(f, "bram", `{"display_name":"Bram Bakker","licences":["SPB"]}`)
	s.user(f, "info", `{"display_name":"Info","kind":"shared"}`)
	f.Licensed = 25
	for i := range 57 {
		subject := fmt.Sprintf("Offerte %02d – dakgoot 🎉", i)
		mime := message(i, subject)
		s.write(fmt.Sprintf(top+"users/anna/mail/Inbox/%02d.eml", i), mime)
		f.Mails[subject] = hash(mime)
	}
	s.write(top+"users/anna/mail/Projecten/een.eml", message(100, "Dieper"))
	for name, size := range map[string]int{
		"Documenten/plan #1 50%.docx": 1234, "Documenten/leeg.txt": 0, "groot.bin": 13 << 20, "Föto's/🎉 strand.jpg": 77_777,
		"Documenten/a+b & c.txt": 321, "Diep/er/en/er/blad.txt": 5,
	} {
		data := make([]byte, size)
		_, _ = rand.Read(data)
		s.write(top+"users/anna/onedrive/"+name, data)
		f.Files[name] = hash(data)
	}
	require.NoError(s.t, os.MkdirAll(filepath.Join(s.dir, filepath.FromSlash(top), "users/anna/onedrive/Leeg"), 0o755))
}

func (s *stage) user(f *facts, local, text string) {
	s.write("seed/"+domain+"/users/"+local+"/user.json", []byte(text))
	f.Users = append(f.Users, local+"@"+domain)
}

// message is a mail; every fifth has an attachment.
func message(i int, subject string) []byte {
	day := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 7 * time.Hour).Format(time.RFC1123Z)
	head := fmt.Sprintf("From: Bram Bakker <bram@%s>\r\nTo: anna@%s\r\nSubject: =?UTF-8?B?%s?=\r\nDate: %s\r\nMessage-ID: <%d@%s>\r\nMIME-Version: 1.0\r\n",
		domain, domain, base64Text(subject), day, i, domain)
	if i%5 != 0 {
		return []byte(head + "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nDag Anna,\r\n\r\nbijgaand €" + fmt.Sprint(i) + ".\r\n")
	}
	return []byte(head + "Content-Type: multipart/mixed; boundary=grens\r\n\r\n--grens\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Zie <b>bijlage</b></p>\r\n" +
		"--grens\r\nContent-Type: application/pdf; name=offerte.pdf\r\nContent-Disposition: attachment; filename=offerte.pdf\r\n" +
		"Content-Transfer-Encoding: base64\r\n\r\n" + base64Text(strings.Repeat("inhoud ", 3)+fmt.Sprint(i)) + "\r\n--grens--\r\n")
}

// certificate makes a key and a certificate for the application, in PEM form.
func certificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Backup of Contoso"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, private.Public(), private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8})
}
