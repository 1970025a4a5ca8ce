/** What a manager does to a delivery, over HTTP. */
import type { DecisionKind, DeliveryWithAttempts } from '../../shared/local-api.ts';
import type { Reply, Till } from './till.ts';

export interface Decided extends Reply {
	/** As it is after the decision; undefined when that was not possible. */
	readonly delivery: DeliveryWithAttempts | undefined;
}

/** `more` is sent beside the reason. */
export async function decide(manager: Till, kind: DecisionKind, id: string, more: Record<string, unknown> = {}): Promise<Decided> {
	const reply = await manager.post(`/agent/v1/deliveries/${id}/${kind}`, { reason: 'seen with the provider', ...more });
	const { delivery }: { readonly delivery?: DeliveryWithAttempts } = JSON.parse(reply.text);
	return { ...reply, delivery };
}
