/*
 * An echo server on CivetWeb, which hands over frames and leaves messages,
 * reserved bits and the answer to a Close to its user. It has no compression in
 * Debian.
 */
#include <civetweb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_MESSAGE (32u << 20)

/* The message that a connection is in the middle of; opcode 0 is none. */
struct message {
	int opcode;
	size_t length;
	char *payload;
};

/* With no list at all, the library would take the last subprotocol offered, and
 * give it to later connections that offer none. */
static struct mg_websocket_subprotocols subprotocols;

static void ready(struct mg_connection *connection, void *unused)
{
	(void)unused;
	mg_set_user_connection_data(connection, calloc(1, sizeof(struct message)));
}

static void closed(const struct mg_connection *connection, void *unused)
{
	struct message *m = mg_get_user_connection_data(connection);

	(void)unused;
	if (m)
		free(m->payload);
	free(m);
}

static int fail(struct mg_connection *connection, unsigned code)
{
	const char body[] = { code >> 8, code & 0xff };

	mg_websocket_write(connection, MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE, body, sizeof body);
	return 0;
}

/* Takes a fragment, and echoes the message when it is whole. */
static int fragment(struct mg_connection *connection, struct message *m, int final, const char *data, size_t length)
{
	if (length > MAX_MESSAGE - m->length)
		return fail(connection, 1009);
	char *grown = realloc(m->payload, m->length + length + 1);
	if (!grown)
		return fail(connection, 1011);
	m->payload = grown;
	memcpy(m->payload + m->length, data, length);
	m->length += length;
	if (!final)
		return 1;
	int written = mg_websocket_write(connection, m->opcode, m->payload, m->length);
	free(m->payload);
	*m = (struct message){ 0 };
	return written > 0;
}

/* Called for each frame but ping and pong; 0 ends the connection. */
static int received(struct mg_connection *connection, int bits, char *data, size_t length, void *unused)
{
	struct message *m = mg_get_user_connection_data(connection);
	const int opcode = bits & 0x0f;

	(void)unused;
	if (bits & 0x70)
		return fail(connection, 1002);
	switch (opcode) {
	case MG_WEBSOCKET_OPCODE_TEXT:
	case MG_WEBSOCKET_OPCODE_BINARY:
		if (m->opcode)
			return fail(connection, 1002);
		m->opcode = opcode;
		return fragment(connection, m, bits & 0x80, data, length);
	case MG_WEBSOCKET_OPCODE_CONTINUATION:
		if (!m->opcode)
			return fail(connection, 1002);
		return fragment(connection, m, bits & 0x80, data, length);
	case MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE:
		mg_websocket_write(connection, opcode, NULL, 0);
		return 0;
	default:
		return fail(connection, 1002);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s HOST:PORT\n", argv[0]);
		return 2;
	}
	const char *options[] = { "listening_ports", argv[1], "enable_websocket_ping_pong", "yes", NULL };
	sigset_t signals;
	int caught;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL); /* in the threads that it starts, too */

	mg_init_library(MG_FEATURES_WEBSOCKET);
	struct mg_context *server = mg_start(NULL, NULL, options);
	if (!server)
		return 1;
	mg_set_websocket_handler_with_subprotocols(server, "/**", &subprotocols, NULL, ready, received, closed, NULL);
	sigwait(&signals, &caught);
	_exit(0); /* stopping in good order waits for each connection */
}
