package main

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

func newHandshake() *cobra.Command {
	return &cobra.Command{
		Use:    "handshake ADDRESS NAME",
		Hidden: true, // culvert runs it itself, to see what a fresh Go process trusts
		Short:  "Ask a server for / over TLS, with the roots that Go takes from the system",
		Long: `Make a TLS handshake with the server at ADDRESS for the host NAME, trusting what Go programs trust on this system, and
ask it for /. The exit code is 0 if the certificate was accepted.`,
		Example: `  culvert handshake 127.0.0.1:8443 localhost`,
		Args:    exactly(2, "an address and a name"),
		RunE: func(c *cobra.Command, args []string) error {
			d := tls.Dialer{Config: &tls.Config{ServerName: args[1]}, NetDialer: &net.Dialer{Timeout: 30 * time.Second}}
			client := http.Client{Timeout: time.Minute, Transport: &http.Transport{DialTLSContext: d.DialContext}}
			r, err := http.NewRequestWithContext(c.Context(), http.MethodHead, "https://"+args[0]+"/", nil)
			if err != nil {
				return err
			}
			response, err := client.Do(r)
			if err != nil {
				return fmt.Errorf("handshake: %w", err)
			}
			return response.Body.Close()
		},
	}
}
