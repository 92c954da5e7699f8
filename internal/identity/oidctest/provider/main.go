// Provider is a real OpenID Connect provider for tests: the server of github.com/zitadel/oidc, as a process of its own.
// It listens on a free port of this machine, prints its address, and knows one client and two people (test-user@localhost
// and test-user2, password verysecure). Its only argument is the address that people are sent back to.
//
// It is a module of its own, so that nothing of it comes into the program.
package main

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	storage.RegisterClients(storage.WebClient("danvan", "bi-mat-cua-phep-thu", os.Args[1]))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	issuer := fmt.Sprintf("http://localhost:%d/", l.Addr().(*net.TCPAddr).Port)
	handler := exampleop.SetupServer(issuer, storage.NewStorage(storage.NewUserStore(issuer)), slog.New(slog.DiscardHandler), false)
	fmt.Println(issuer)
	return http.Serve(l, handler)
}
