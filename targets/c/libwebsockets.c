/*
 * An echo server on libwebsockets: whole messages in, the same messages out,
 * with permessage-deflate and the library's UTF-8 check switched on.
 */
#include <libwebsockets.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE (32u << 20)

struct message {
	struct message *next;
	int binary;
	size_t length, room;
	unsigned char *buffer; /* LWS_PRE bytes, then the payload */
};

/* What libwebsockets keeps for each connection, zeroed when it begins. */
struct connection {
	struct message *incoming, *outgoing;
	struct message *first, **last; /* waiting to be sent */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void drop(struct message *m)
{
	if (m)
		free(m->buffer);
	free(m);
}

static int append(struct message *m, const void *in, size_t length)
{
	if (length > MAX_MESSAGE - m->length)
		return -1;
	if (!m->buffer || m->length + length > m->room) {
		m->room = 2 * (m->length + length) + 1024;
		unsigned char *grown = realloc(m->buffer, LWS_PRE + m->room);
		if (!grown)
			return -1;
		m->buffer = grown;
	}
	if (length)
		memcpy(m->buffer + LWS_PRE + m->length, in, length);
	m->length += length;
	return 0;
}

static int received(struct lws *wsi, struct connection *c, const void *in, size_t length)
{
	struct message *m = c->incoming;

	if (!m) {
		m = c->incoming = calloc(1, sizeof *m);
		if (!m)
			return -1;
		m->binary = lws_frame_is_binary(wsi);
	}
	if (append(m, in, length)) {
		lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
		return -1;
	}
	if (!lws_is_final_fragment(wsi) || lws_remaining_packet_payload(wsi))
		return 0;
	c->incoming = NULL;
	*(c->first ? c->last : &c->first) = m;
	c->last = &m->next;
	lws_callback_on_writable(wsi);
	return 0;
}

/* The library may compress a message in several turns, and calls back when it
 * is done with it: until then the buffer stays. */
static int writable(struct lws *wsi, struct connection *c)
{
	struct message *m = c->first;

	drop(c->outgoing);
	c->outgoing = m;
	if (!m)
		return 0;
	c->first = m->next;
	int written = lws_write(wsi, m->buffer + LWS_PRE, m->length,
				m->binary ? LWS_WRITE_BINARY : LWS_WRITE_TEXT);
	lws_callback_on_writable(wsi);
	return written < (int)m->length ? -1 : 0;
}

static int closed(struct connection *c)
{
	drop(c->incoming);
	drop(c->outgoing);
	while (c->first) {
		struct message *m = c->first;
		c->first = m->next;
		drop(m);
	}
	return 0;
}

static int echo(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t length)
{
	switch (reason) {
	case LWS_CALLBACK_RECEIVE:
		return received(wsi, user, in, length);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return writable(wsi, user);
	case LWS_CALLBACK_CLOSED:
		return closed(user);
	default: /* plain HTTP among them, which gets a 404 */
		return lws_callback_http_dummy(wsi, reason, user, in, length);
	}
}

static const struct lws_protocols protocols[] = {
	{ .name = "echo", .callback = echo, .per_session_data_size = sizeof(struct connection) },
	{ .name = NULL },
};

static const struct lws_extension extensions[] = {
	{ "permessage-deflate", lws_extension_callback_pm_deflate, "permessage-deflate" },
	{ NULL, NULL, NULL },
};

int main(int argc, char **argv)
{
	char *colon = argc == 2 ? strchr(argv[1], ':') : NULL;
	struct lws_context_creation_info info = { 0 };

	if (!colon) {
		lwsl_err("usage: %s HOST:PORT\n", argv[0]);
		return 2;
	}
	*colon = '\0';
	info.iface = argv[1];
	info.port = atoi(colon + 1);
	info.protocols = protocols;
	info.extensions = extensions;
	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8;
	lws_set_log_level(LLL_ERR, NULL);
	signal(SIGTERM, stop);
	signal(SIGINT, stop);

	struct lws_context *context = lws_create_context(&info);
	if (!context)
		return 1;
	while (!stopped && lws_service(context, 0) >= 0)
		;
	lws_context_destroy(context);
	return 0;
}
