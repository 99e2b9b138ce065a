/*
 * An echo server on libsoup, whose SoupServer has permessage-deflate on. Its
 * limit of 128 KiB a message is raised.
 */
#include <libsoup/soup.h>
#include <stdlib.h>
#include <string.h>

#define MAX_MESSAGE (32u << 20)

static void echo(SoupWebsocketConnection *connection, SoupWebsocketDataType type, GBytes *message, gpointer unused)
{
	(void)unused;
	if (soup_websocket_connection_get_state(connection) == SOUP_WEBSOCKET_STATE_OPEN)
		soup_websocket_connection_send_message(connection, type, message);
}

/* The library holds a connection only while it opens it: the last reference
 * goes when it is closed. */
static void opened(SoupServer *server, SoupServerMessage *request, const char *path,
		   SoupWebsocketConnection *connection, gpointer unused)
{
	(void)server, (void)request, (void)path, (void)unused;
	g_object_ref(connection);
	soup_websocket_connection_set_max_incoming_payload_size(connection, MAX_MESSAGE);
	g_signal_connect(connection, "message", G_CALLBACK(echo), NULL);
	g_signal_connect(connection, "closed", G_CALLBACK(g_object_unref), NULL);
}

int main(int argc, char **argv)
{
	char *colon = argc == 2 ? strrchr(argv[1], ':') : NULL;
	if (!colon) {
		g_printerr("usage: %s HOST:PORT\n", argv[0]);
		return 2;
	}
	*colon = '\0';
	GSocketAddress *address = g_inet_socket_address_new_from_string(argv[1], atoi(colon + 1));
	SoupServer *server = soup_server_new(NULL, NULL);
	GError *error = NULL;

	soup_server_add_websocket_handler(server, NULL, NULL, NULL, opened, NULL, NULL);
	if (!soup_server_listen(server, address, 0, &error)) {
		g_printerr("%s\n", error->message);
		return 1;
	}
	g_main_loop_run(g_main_loop_new(NULL, FALSE));
}
