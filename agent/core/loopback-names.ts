/** How this machine calls itself in an address: as hosts in a URL are written. */
export const loopbackNames: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];
