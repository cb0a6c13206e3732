package e2e_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"vangnet/engine"
	"vangnet/engine/e2e/lab"
	"vangnet/engine/fault"
	"vangnet/engine/model"
	"vangnet/store/bucket/miniotest"
)

func TestCredentials(t *testing.T) {
	t.Parallel()
	l := lab.Bare(t, lab.Setup{Fill: lab.Small})
	for want, spoil := range map[string]func(r *engine.ConnectRequest){
		fault.WrongSecret:   func(r *engine.ConnectRequest) { r.Secret = "verkeerd" },
		fault.AppUnknown:    func(r *engine.ConnectRequest) { r.ClientID = "00000000-1111-2222-3333-444444444444" },
		fault.TenantUnknown: func(r *engine.ConnectRequest) { r.Tenant = "bestaatniet.example" },
		fault.Network: func(r *engine.ConnectRequest) {
			r.Cloud = "https://localhost:1"
		},
	} {
		r := l.Request()
		spoil(&r)
		_, _, err := l.Engine.Connect(t.Context(), r)
		require.Error(t, err, want)
		require.Equal(t, want, fault.Code(err), "%v", err)
		require.Empty(t, l.Engine.ConnectedTenants(), "nothing is kept of what does not work")
	}
	r := l.Request()
	r.Secret, r.Certificate = "", certificate(t, l, time.Now().Add(-time.Hour))
	_, _, err := l.Engine.Connect(t.Context(), r)
	require.Equal(t, fault.ExpiredCertificate, fault.Code(err), "%v", err)
	r.Certificate = certificate(t, l, time.Now().Add(time.Hour))
	_, _, err = l.Engine.Connect(t.Context(), r)
	require.NoError(t, err)
	l.Backup()
}

// certificate makes a certificate with key that the tenant's application knows.
func certificate(t *testing.T, l *lab.Lab, until time.Time) []byte {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Vangnet"}, NotBefore: until.Add(-24 * time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	require.NoError(t, l.Tenant.DefaultApp().AddCertificate(der))
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(text, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
}

func TestASecretThatEnds(t *testing.T) {
	t.Parallel()
	l := lab.New(t, lab.Setup{Fill: lab.Small})
	l.Backup()
	app := l.Tenant.DefaultApp()
	app.SetSecret("nieuw geheim", l.Clock.Now().AddDate(1, 0, 0))
	l.Reopen()
	j := l.TryBackup("")
	require.Equal(t, model.JobFailed, j.State)
	require.Equal(t, fault.WrongSecret, j.Error.Code, "%+v", j.Error)
	h, err := l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateFailing, h.State)
	require.Equal(t, fault.WrongSecret, h.Reason.Code)
	l.Connect() // with the new one
	l.Backup()
	h, err = l.Engine.Tenant(t.Context(), l.ID)
	require.NoError(t, err)
	require.Equal(t, model.StateGood, h.State)
}

func TestAMissingRight(t *testing.T) {
	t.Parallel()
	l := lab.Bare(t, lab.Setup{Fill: lab.Small})
	app := l.Tenant.DefaultApp()
	all := app.Roles()
	without := func(names ...string) {
		app.SetRoles(slices.DeleteFunc(slices.Clone(all), func(r string) bool { return slices.Contains(names, r) })...)
	}
	without("MailboxItem.ImportExport.All")
	_, rights, err := l.Engine.Connect(t.Context(), l.Request())
	require.NoError(t, err)
	missing := 0
	for _, r := range rights {
		if !r.Granted {
			missing++
			require.Equal(t, "MailboxItem.ImportExport.All", r.Name)
			require.NotEmpty(t, r.For, "what does not work without it")
		}
	}
	require.Equal(t, 1, missing)
	j := l.TryBackup("")
	require.NotEqual(t, model.JobDone, j.State)
	for _, r := range j.Result.Runs {
		switch r.Address {
		case files:
			require.Equal(t, model.Saved, r.Outcome, "the drive does not suffer")
		case anna:
			require.Contains(t, []model.Outcome{model.Failed, model.Partial}, r.Outcome)
			require.NotEmpty(t, r.Errors)
			require.Equal(t, fault.MissingPermission, r.Errors[0].Code, r.Errors[0].Cause)
		}
	}
	app.SetRoles(all...)
	l.Reopen()
	l.Connect()
	l.Backup()
	l.Verify()
}

func TestPlacesThatWillNotDo(t *testing.T) {
	t.Parallel()
	s := miniotest.Start(t)
	options := func() engine.Options {
		return engine.Options{
			Home: t.TempDir(), Password: func(context.Context) (string, error) { return lab.Password, nil },
			AccessKey: s.Credentials.AccessKey, SecretKey: s.Credentials.SecretKey,
		}
	}
	wrongKey := options()
	wrongKey.SecretKey = "verkeerd"
	noKey := options()
	noKey.AccessKey, noKey.SecretKey = "", ""
	taken := options()
	require.NoError(t, engine.Init(t.Context(), taken, engine.Place{Storage: s.Address(miniotest.Bucket, "bezet")}))
	for _, c := range []struct {
		want  string
		o     engine.Options
		place engine.Place
	}{
		{fault.NoVersioning, options(), engine.Place{Storage: s.Address(miniotest.Plain, "x")}},
		{fault.NoObjectLock, options(), engine.Place{Storage: s.Address(miniotest.Versions, "x"), Lock: "compliance:1d"}},
		{fault.NoBucket, options(), engine.Place{Storage: s.Address("bestaatniet", "x")}},
		{fault.StorageUnreachable, options(), engine.Place{Storage: "s3://bbb/x?endpoint=http://127.0.0.1:1&region=us-east-1"}},
		{fault.StorageKeyWrong, wrongKey, engine.Place{Storage: s.Address(miniotest.Bucket, "x")}},
		{fault.StorageKeyMissing, noKey, engine.Place{Storage: s.Address(miniotest.Bucket, "x")}},
		{fault.StorageAddress, options(), engine.Place{Storage: "ftp://iets"}},
		{fault.WorkspaceExists, options(), engine.Place{Storage: s.Address(miniotest.Bucket, "bezet")}},
		{fault.HomeInUse, taken, engine.Place{Storage: s.Address(miniotest.Bucket, "y")}},
	} {
		err := engine.Init(t.Context(), c.o, c.place)
		require.Error(t, err, c.want)
		require.Equal(t, c.want, fault.Code(err), "%v", err)
	}
	require.Equal(t, fault.NoWorkspace, fault.Code(engine.Join(t.Context(), options(), engine.Place{Storage: s.Address(miniotest.Bucket, "leeg")})))
	wrong := options()
	wrong.Password = func(context.Context) (string, error) { return "fout", nil }
	require.Equal(t, fault.WrongPassword, fault.Code(engine.Join(t.Context(), wrong, engine.Place{Storage: s.Address(miniotest.Bucket, "bezet")})))
	taken.Password = wrong.Password
	_, err := engine.Open(t.Context(), taken)
	require.Equal(t, fault.WrongPassword, fault.Code(err), "%v", err)
	_, err = engine.Open(t.Context(), options())
	require.Equal(t, fault.NoWorkspace, fault.Code(err), "%v", err)
}

func TestAFullDisk(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "vangnet-e2e", dir).CombinedOutput(); err != nil {
		t.Skipf("a small file system cannot be mounted here: %s", out)
	}
	t.Cleanup(func() { require.NoError(t, exec.Command("umount", "-l", dir).Run()) })
	l := lab.New(t, lab.Setup{Storage: "file://" + dir, Fill: lab.Small})
	l.Backup()
	before := l.Live("")
	lab.Put(t, l.Tenant.User(anna), "groot.bin", lab.Noise(4, 9<<20))
	j := l.TryBackup("")
	require.Equal(t, model.JobFailed, j.State)
	require.Equal(t, fault.DiskFull, j.Error.Code, "%+v", j.Error)
	require.Empty(t, l.Report(l.ID).Damage, "what was there is whole")
	l.Delete("")
	l.RestoreAll()
	same(t, before, l.Live(""))

	require.NoError(t, exec.Command("mount", "-o", "remount,size=64m", dir).Run())
	lab.Put(t, l.Tenant.User(anna), "groot.bin", lab.Noise(4, 9<<20))
	l.Backup()
	l.Verify()
	require.Equal(t, items(l.Live("")), len(l.Walk("", time.Time{})))
	_, err := os.Stat(filepath.Join(dir, "tenants"))
	require.NoError(t, err)
}
