/** What is remembered of a member, sealed, between two answers of the Loyalty API. */
import Type, { type Static } from 'typebox';

const balance = {
	points: Type.Optional(Type.Number()),
	credit: Type.Optional(Type.Number()),
};

/** As numbers for display: the balance itself, in whatever unit the business counts. */
export const Balance = Type.Object(balance, { title: 'Balance' });
export type Balance = Static<typeof Balance>;

/** A pay of this member went through, or perhaps went through, after the balance was seen. */
const paidSince = Type.Optional(Type.Literal(true));

/** One look at a member's balance; epoch milliseconds. */
export const BalanceSeen = Type.Object({ ...balance, seenAt: Type.Number(), paidSince }, { title: 'BalanceSeen' });
export type BalanceSeen = Static<typeof BalanceSeen>;

export const MemberMemo = Type.Object({ name: Type.Optional(Type.String()), balance: Type.Optional(Balance), paidSince }, { title: 'MemberMemo' });
export type MemberMemo = Static<typeof MemberMemo>;
