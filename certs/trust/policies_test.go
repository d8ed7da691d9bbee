package trust

// somePolicies are an administrator's, written by hand.
const somePolicies = `{
	"policies": {
		"DisableTelemetry": true,
		"Certificates": {"ImportEnterpriseRoots":true,
			"Install": [
				"company.crt", "/etc/ssl/other.pem"
			]
		},
		"Homepage": { "URL": "https://intranet.test/\u00fc" }
	}
}
`
