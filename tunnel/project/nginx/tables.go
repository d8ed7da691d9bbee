package nginx

import "strings"

// read are the directives that are looked at where they count, in their own functions.
var read = named(`http server upstream map location include listen server_name root alias index try_files proxy_pass
	proxy_set_header proxy_pass_request_headers proxy_connect_timeout proxy_read_timeout proxy_send_timeout return rewrite if allow deny satisfy
	auth_basic auth_basic_user_file add_header ssl ssl_certificate ssl_certificate_key ssl_protocols ssl_ciphers internal
	proxy_next_upstream proxy_redirect ssl_verify_client proxy_ssl_verify`)

// needless are the directives for which nothing has to be done here, by the reason.
var needless = reasons(map[string]string{
	"how the server itself runs, which Culvert sees to": `user worker_processes worker_connections worker_rlimit_nofile worker_rlimit_core
		worker_priority worker_cpu_affinity worker_shutdown_timeout worker_aio_requests events multi_accept use pid daemon
		master_process pcre_jit thread_pool timer_resolution accept_mutex accept_mutex_delay lock_file load_module env working_directory
		debug_connection debug_points ssl_engine`,
	"Culvert records every request and frame itself": `access_log error_log log_format log_not_found log_subrequest open_log_file_cache
		rewrite_log uninitialized_variable_warn`,
	"bytes are passed on as they come": `proxy_buffering proxy_request_buffering proxy_buffers proxy_buffer_size
		proxy_busy_buffers_size proxy_max_temp_file_size proxy_temp_file_write_size proxy_temp_path client_body_temp_path
		client_body_buffer_size client_body_in_file_only client_body_in_single_buffer postpone_output output_buffers chunked_transfer_encoding
		sendfile sendfile_max_chunk tcp_nopush tcp_nodelay aio aio_write directio directio_alignment read_ahead proxy_socket_keepalive
		proxy_force_ranges max_ranges client_header_buffer_size large_client_header_buffers connection_pool_size request_pool_size
		subrequest_output_buffer_size http2_chunk_size proxy_store proxy_limit_rate`,
	"bodies of any size are passed on": `client_max_body_size`,
	"connections are kept open as HTTP has it": `keepalive_timeout keepalive_requests keepalive_disable keepalive_time proxy_http_version
		reset_timedout_connection lingering_close lingering_time lingering_timeout client_header_timeout client_body_timeout send_timeout
		send_lowat`,
	"answers are passed on as the backend compressed them": `gzip gzip_types gzip_vary gzip_proxied gzip_comp_level gzip_min_length
		gzip_buffers gzip_http_version gzip_disable gzip_static gunzip gunzip_buffers brotli brotli_types brotli_comp_level
		brotli_static brotli_min_length`,
	"Culvert tells browsers neither name nor version": `server_tokens`,
	"the types of files are known": `types default_type types_hash_max_size types_hash_bucket_size charset charset_types
		source_charset override_charset`,
	"memory that Culvert allots itself": `server_names_hash_max_size server_names_hash_bucket_size variables_hash_max_size
		variables_hash_bucket_size map_hash_max_size map_hash_bucket_size proxy_headers_hash_max_size proxy_headers_hash_bucket_size open_file_cache
		open_file_cache_valid open_file_cache_min_uses open_file_cache_errors`,
	"Go's TLS does this itself": `ssl_session_cache ssl_session_timeout ssl_session_tickets ssl_session_ticket_key ssl_dhparam
		ssl_ecdh_curve ssl_prefer_server_ciphers ssl_buffer_size ssl_conf_command ssl_early_data ssl_certificate_cache`,
	"the local CA's certificates are not revoked over a network": `ssl_stapling ssl_stapling_verify ssl_stapling_file
		ssl_stapling_responder ssl_trusted_certificate`,
	"a key here needs no password": `ssl_password_file`,
	"pages get HTTP/2 anyway":      `http2 http2_max_concurrent_streams http2_idle_timeout http2_recv_timeout http2_body_preread_size`,
	"names are looked up by the system": `resolver resolver_timeout proxy_bind server_name_in_redirect port_in_redirect
		absolute_redirect`,
	"every header is passed on":                   `underscores_in_headers ignore_invalid_headers proxy_pass_header proxy_pass_request_body`,
	"paths are compared without empty segments":   `merge_slashes`,
	"TLS to the backend is set up by its address": `proxy_ssl_server_name proxy_ssl_session_reuse proxy_ssl_protocols proxy_ssl_ciphers`,
	"validators and ranges are sent":              `etag if_modified_since`,
	"nothing is cached":                           `proxy_cache_path proxy_cache proxy_cache_valid proxy_cache_key proxy_cache_bypass proxy_no_cache proxy_cache_use_stale proxy_cache_lock proxy_cache_lock_timeout proxy_cache_min_uses proxy_cache_methods proxy_cache_revalidate proxy_cache_background_update proxy_cache_convert_head proxy_cache_purge`,
	"browsers ask whether a file has changed":     `expires`,
})

// uncarried are the directives that have no counterpart, by the reason; those of guards kept somebody out.
var uncarried = reasons(map[string]string{
	"there are no variables here":                                                          `set geo geoip_country geoip_city geoip2 split_clients perl_set js_set js_var js_import set_by_lua set_by_lua_block lua_package_path lua_shared_dict init_by_lua_block init_worker_by_lua_block`,
	"answers are passed on as they are":                                                    `sub_filter sub_filter_once sub_filter_types sub_filter_last_modified addition_types add_before_body add_after_body proxy_hide_header proxy_ignore_headers proxy_cookie_path proxy_cookie_domain proxy_cookie_flags more_set_headers more_clear_headers header_filter_by_lua_block body_filter_by_lua_block add_trailer ssi xslt_stylesheet image_filter proxy_intercept_errors`,
	"only index.html of a folder is served, no listing":                                    `autoindex autoindex_exact_size autoindex_format autoindex_localtime random_index`,
	"nobody is slowed down here":                                                           `limit_req limit_req_zone limit_req_status limit_req_log_level limit_req_dry_run limit_conn limit_conn_zone limit_conn_status limit_conn_log_level limit_rate limit_rate_after`,
	"the pages of errors are those of the backend, or Culvert's own":                       `error_page recursive_error_pages`,
	"requests are not copied":                                                              `mirror mirror_request_body post_action`,
	"a request is repeated where that is safe":                                             `proxy_next_upstream_tries proxy_next_upstream_timeout`,
	"no certificate of its own is shown to the backend":                                    `proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_password_file proxy_ssl_crl`,
	"the request is passed on with its method and body":                                    `proxy_method proxy_set_body`,
	"Culvert carries HTTP and WebSocket, no mail and no other streams":                     `stream mail`,
	"links in a folder are followed only inside of it":                                     `disable_symlinks`,
	"a backend is believed by the certificates of this system and the name in its address": `proxy_ssl_trusted_certificate proxy_ssl_name proxy_ssl_verify_depth`,
	"the client's address is that of the connection":                                       `set_real_ip_from real_ip_header real_ip_recursive`,
	"HTTP/3 is not spoken here":                                                            `http3 quic_retry quic_gso`,
})

// guards are the directives without counterpart that kept somebody out, by what they did.
var guards = reasons(map[string]string{
	"another server was asked whether a request may pass":                       `auth_request auth_request_set`,
	"only some methods were let in":                                             `limit_except`,
	"only those with a token were let in":                                       `auth_jwt auth_jwt_key_file auth_jwt_key_request`,
	"only those with a signed link were let in":                                 `secure_link secure_link_md5 secure_link_secret`,
	"pages of other sites were kept out":                                        `valid_referers`,
	"a program decided who is let in":                                           `access_by_lua access_by_lua_block access_by_lua_file rewrite_by_lua_block rewrite_by_lua_file perl js_access`,
	"a filter for attacks stood before the backend":                             `modsecurity modsecurity_rules modsecurity_rules_file`,
	"only clients with a certificate that the list does not revoke were let in": `ssl_crl ssl_ocsp`,
	"the certificates of clients were checked against it":                       `ssl_client_certificate ssl_verify_depth`,
})

// handlers are the directives that answer a location in a way that is not carried.
var handlers = reasons(map[string]string{
	"FastCGI is not spoken here: give the program an HTTP server": `fastcgi_pass`,
	"uwsgi is not spoken here: let uwsgi serve HTTP (--http)":     `uwsgi_pass`,
	"SCGI is not spoken here: give the program an HTTP server":    `scgi_pass`,
	"gRPC is not spoken here":                                     `grpc_pass`,
	"memcached is not spoken here":                                `memcached_pass`,
	"Culvert does not run programs":                               `content_by_lua content_by_lua_block content_by_lua_file js_content perl`,
	"nginx's own page has no counterpart":                         `stub_status status api empty_gif`,
	"files are only read here":                                    `dav_methods create_full_put_path`,
	"files are served as they are":                                `flv mp4 hls f4f`,
})

// reasons turns lists of directives by reason into the reason of each.
func reasons(lists map[string]string) map[string]string {
	by := make(map[string]string)
	for why, names := range lists {
		for name := range strings.FieldsSeq(names) {
			by[name] = why
		}
	}
	return by
}

func named(names string) map[string]bool {
	in := make(map[string]bool)
	for name := range strings.FieldsSeq(names) {
		in[name] = true
	}
	return in
}

// account notes what becomes of a directive that no function of its own has looked at.
func account(b *notebook, d *directive) {
	family, _, _ := strings.Cut(d.name, "_")
	switch {
	case read[d.name] && d.name != "if":
	case needless[d.name] != "":
		b.add(Needless, d, needless[d.name])
	case guards[d.name] != "":
		b.add(Careful, d, guards[d.name]+"; here nobody does that (allow, deny and [auth] are what there is)")
	case uncarried[d.name] != "":
		b.add(NotCarried, d, uncarried[d.name])
	case handlers[d.name] != "": // the location tells
	case family == "fastcgi" || family == "uwsgi" || family == "scgi" || family == "grpc" || family == "memcached":
		b.add(Needless, d, "it belongs to "+family+", which Culvert does not speak")
	case d.opens:
		b.add(NotCarried, d, "Culvert does not know it, nor what is in it")
	default:
		b.add(NotCarried, d, "Culvert does not know it")
	}
}
