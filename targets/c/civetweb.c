/*
 * An echo server on CivetWeb, which hands over frames: putting fragments
 * together and answering a Close are left to the application, pings are answered
 * when asked for.
 */
#include <civetweb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE (32u << 20)

enum { OPCODE = 0x0f, FIN = 0x80 };

struct message {
	int opcode; /* 0: none begun */
	size_t length;
	char *payload;
};

static int connected(const struct mg_connection *conn, void *unused)
{
	(void)unused;
	mg_set_user_connection_data(conn, calloc(1, sizeof(struct message)));
	return mg_get_user_connection_data(conn) == NULL;
}

static int append(struct message *m, const char *data, size_t length)
{
	if (length > MAX_MESSAGE - m->length)
		return 0;
	char *grown = realloc(m->payload, m->length + length + 1);
	if (!grown)
		return 0;
	m->payload = grown;
	memcpy(grown + m->length, data, length);
	m->length += length;
	return 1;
}

/* Returns 1 to keep the connection, as CivetWeb wants it. */
static int received(struct mg_connection *conn, int bits, char *data, size_t length, void *unused)
{
	struct message *m = mg_get_user_connection_data(conn);
	int opcode = bits & OPCODE;

	(void)unused;
	if (opcode == MG_WEBSOCKET_OPCODE_CONNECTION_CLOSE) {
		mg_websocket_write(conn, opcode, data, length);
		return 0;
	}
	if (opcode > MG_WEBSOCKET_OPCODE_BINARY)
		return 1;
	if (opcode != MG_WEBSOCKET_OPCODE_CONTINUATION)
		m->opcode = opcode;
	if (!append(m, data, length))
		return 0;
	if (!(bits & FIN))
		return 1;
	int written = mg_websocket_write(conn, m->opcode, m->payload, m->length);
	m->length = 0;
	return written > 0;
}

static void closed(const struct mg_connection *conn, void *unused)
{
	struct message *m = mg_get_user_connection_data(conn);

	(void)unused;
	if (m)
		free(m->payload);
	free(m);
}

int main(int argc, char **argv)
{
	const char *options[] = {
		"listening_ports", argv[1], "num_threads", "64", "enable_websocket_ping_pong", "yes", NULL,
	};
	struct mg_callbacks callbacks = { 0 };
	sigset_t stops;
	int got;

	if (argc != 2)
		return 2;
	sigemptyset(&stops);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGINT);
	pthread_sigmask(SIG_BLOCK, &stops, NULL); /* before there are threads */
	signal(SIGPIPE, SIG_IGN);

	struct mg_context *context = mg_start(&callbacks, NULL, options);
	if (!context)
		return 1;
	mg_set_websocket_handler(context, "/", connected, NULL, received, closed, NULL);
	sigwait(&stops, &got);
	mg_stop(context);
	return 0;
}
