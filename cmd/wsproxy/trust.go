package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"

	"github.com/spf13/pflag"
)

const trustUsage = `    --cacert FILE         trust the certificates in it, for wss://
    --insecure            trust any certificate, for wss://
`

// trustFlags say whom to take for a server that is reached over TLS.
type trustFlags struct {
	cacert   string
	insecure bool
	roots    *x509.CertPool // nil: the system's
}

func (t *trustFlags) define(flags *pflag.FlagSet) {
	flags.StringVar(&t.cacert, "cacert", "", "")
	flags.BoolVar(&t.insecure, "insecure", false, "")
}

// load reads the certificates.
func (t *trustFlags) load() error {
	if t.cacert == "" {
		return nil
	}
	pem, err := os.ReadFile(t.cacert)
	if err != nil {
		return err
	}
	t.roots = x509.NewCertPool()
	if !t.roots.AppendCertsFromPEM(pem) {
		return fmt.Errorf("%s holds no certificate in PEM", t.cacert)
	}
	return nil
}

// dial connects to a server over TLS.
func (t *trustFlags) dial(ctx context.Context, plain *net.Dialer, to *destination) (net.Conn, error) {
	host, _, err := net.SplitHostPort(to.addr)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{ServerName: host, InsecureSkipVerify: t.insecure, RootCAs: t.roots}
	return (&tls.Dialer{NetDialer: plain, Config: config}).DialContext(ctx, "tcp", to.addr)
}
