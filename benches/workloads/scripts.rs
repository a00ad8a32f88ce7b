//! What do people write elsewhere? Posts and monitors in Russian, Chinese, Japanese and Arabic, and with emoji.

use super::brands::BRANDS;
use super::english::English;
use crate::dice::Dice;

/// Streams of chance.
const TEXT: u64 = 21;
const MONITOR: u64 = 22;

/// How a language is written.
struct Script {
    /// Common words, commoner ones first; sentences are made of them.
    words: &'static str,
    /// What brands are made of.
    letters: &'static str,
    /// How many of those a brand has.
    length: usize,
    /// What stands between words.
    space: &'static str,
    /// What ends a sentence.
    stop: &'static str,
}

const RUSSIAN: Script = Script {
    words: "и в не на я что с это как мой а по но вы они у к за из мне нет вас меня ещё уже так от для до бы где когда \
            почему очень опять заказ доставка деньги посылка поезд самолёт рейс багаж билет магазин телефон связь ответ \
            поддержка счёт возврат опоздал задержка сломался работает жду спасибо ужасно отлично плохой хороший новый \
            старый быстро медленно дорого дёшево вчера сегодня завтра неделя месяц год час минута город улица дом друг \
            мама ребёнок врач школа книга фильм музыка погода дождь снег кофе чай хлеб вода машина дорога пробка \
            приложение сайт пароль ошибка обновление экран батарея зарядка гарантия ремонт замена скидка цена качество",
    letters: "ба бе ви во га ге ди до жа зе ки ко ла ле ми мо на не пи по ра ре си со та те фи фо ха це чи шо",
    length: 4,
    space: " ",
    stop: ". ",
};

const CHINESE: Script = Script {
    words: "的 了 我 是 在 不 你 有 这 个 他们 们 就 都 也 很 到 说 要 没有 什么 为什么 怎么 还 再 又 能 会 给 和 订单 快递 客服 退款 \
            手机 网络 信号 航班 行李 飞机 火车 酒店 商店 价格 质量 服务 电话 短信 邮件 密码 账户 银行 问题 错误 更新 屏幕 电池 充电 \
            维修 保修 优惠 太贵 便宜 好吃 难吃 太慢 很快 糟糕 非常 满意 失望 谢谢 朋友 妈妈 孩子 老师 医生 学校 今天 昨天 明天 天气 \
            下雨 咖啡 水 面包 汽车 公司 城市 生活 时间 工作 学习 喜欢 讨厌 等待 投诉",
    letters: "华 米 腾 里 东 联 通 海 信 康 佳 美 的 格 力 中 兴 国 电 大 众 天 安 平 百 度 京 云 龙 星 光 新 金 宝 马 长 江 山 水 花 \
              乐 高 阳 风 火 木 石 玉 银 明 月 日 春 秋 夏 冬 青 红 白 黑 南 北 西",
    length: 4,
    space: "",
    stop: "。",
};

const JAPANESE: Script = Script {
    words: "の は が を に で と も です ます した ない この その 私 今日 昨日 明日 荷物 配送 注文 返金 電話 電波 携帯 飛行機 電車 遅延 \
            予約 ホテル 店 値段 品質 対応 最悪 最高 ありがとう 困る 待つ 届く 壊れた 使えない 好き 嫌い 高い 安い 早い 遅い 新しい 古い 美味しい \
            まずい 学校 先生 友達 家族 天気 雨 雪 コーヒー 水 パン 車 道 会社 仕事 時間 アプリ サイト 更新 画面 電池 充電 修理 保証 \
            割引 質問 返事 朝 夜 から まで また もう まだ とても なぜ どこ いつ 誰",
    letters: "ア イ ウ エ オ カ キ ク ケ コ サ シ ス セ ソ タ チ ツ テ ト ナ ニ ネ ノ ハ ヒ フ ホ マ ミ ム メ モ ラ リ ル レ ロ ワ ン ガ ジ ズ ド バ ビ ブ パ ピ プ",
    length: 5,
    space: "",
    stop: "。",
};

const ARABIC: Script = Script {
    words: "في من على ما لا أن هذا إلى كل هل لم مع كان أنا هو هي نحن عن يا بعد قبل اليوم أمس غدا طلب طلبي توصيل شحنة طرد \
            مال استرجاع فاتورة رحلة طائرة حقيبة مطار قطار فندق متجر هاتف شبكة إنترنت خدمة عملاء رد انتظار تأخير مشكلة \
            خطأ تطبيق موقع حساب بنك بطاقة كلمة سر شاشة بطارية شاحن إصلاح ضمان خصم سعر جودة سيئ جيد ممتاز جديد قديم \
            سريع بطيء غالي رخيص شكرا مرحبا لماذا متى أين كيف صديق أم طفل طبيب مدرسة كتاب فيلم موسيقى طقس مطر قهوة شاي \
            خبز ماء سيارة شارع مدينة بيت عمل وقت",
    letters: "با تي جو دا رو زي سا شو صا طي عا غو فا قو كي لا ما نو ها وي يا را مي نا سي دو لي كا تا مو بي شي",
    length: 4,
    space: " ",
    stop: "، ",
};

const EMOJI: [&str; 16] =
    ["😂", "❤️", "😡", "👍🏽", "🙏", "😭", "🔥", "🤬", "👎🏿", "✈️", "🧳", "👨‍👩‍👧", "🇳🇱", "💔", "😊", "🎉"];

fn script(which: usize) -> Option<&'static Script> {
    match which % 5 {
        0 => Some(&RUSSIAN),
        1 => Some(&CHINESE),
        2 => Some(&JAPANESE),
        3 => Some(&ARABIC),
        _ => None,
    }
}

impl Script {
    fn brand(&self, i: usize) -> String {
        let letters: Vec<&str> = self.letters.split_whitespace().collect();
        let mut rest = i;
        let mut name = String::new();
        // The digits of `i`, the last one first, each shifted by the ones before: neighbours look different.
        let mut shift = 0;
        for place in 0..self.length {
            shift += rest % letters.len() + 7 * place;
            name.push_str(letters.get(shift % letters.len()).copied().unwrap_or_default());
            rest /= letters.len();
        }
        name
    }

    fn word(&self, dice: &mut Dice) -> &'static str {
        let words: Vec<&str> = self.words.split_whitespace().collect();
        words.get(dice.zipf(words.len(), 5)).copied().unwrap_or_default()
    }
}

/// A post in one of the five; a fifth each.
pub(super) fn text(english: &English, j: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, TEXT, j);
    // Letters of two bytes and of three.
    let Some(script) = script(j) else {
        let mut text = super::posts::english(english, super::Length::Post, j, seed, 0);
        for _ in 0..=dice.below(3) {
            text.push(' ');
            text.push_str(dice.pick(&EMOJI));
        }
        return text;
    };
    let mut text = String::new();
    let wanted = 100 + dice.below(140);
    let brand = script.brand(dice.zipf(BRANDS, 10) / 5);
    let at = if dice.percent(68) { dice.below(60) } else { usize::MAX };
    let mut named = false;
    while text.len() < wanted {
        for _ in 0..4 + dice.below(6) {
            text.push_str(script.word(&mut dice));
            text.push_str(script.space);
            if !named && text.len() > at {
                text.push_str(&brand);
                text.push_str(script.space);
                named = true;
            }
        }
        text.truncate(text.trim_end().len());
        text.push_str(script.stop);
    }
    if dice.percent(30) {
        text.push_str(dice.pick(&EMOJI));
    }
    text.truncate(text.trim_end().len());
    text
}

/// `brand AND (c1 OR c2 OR c3) NOT (x1 OR x2)`, a fifth in each.
pub(super) fn monitor(english: &English, i: usize, seed: u64) -> String {
    let mut dice = Dice::of(seed, MONITOR, i);
    let Some(script) = script(i) else {
        let brand = super::brands::term(i);
        let mut faces = [dice.below(EMOJI.len()), dice.below(EMOJI.len()), dice.below(EMOJI.len())]
            .map(|at| EMOJI.get(at).copied().unwrap_or_default());
        faces.sort_unstable();
        let [a, b, c] = faces;
        return format!("{brand} AND ({a} OR {b} OR {c}) NOT ({} OR {})", english.content(&mut dice), "🤡");
    };
    let words: Vec<&str> = (0..5).map(|_| script.word(&mut dice)).collect();
    let [a, b, c, d, e] = words.as_slice() else { return String::new() };
    format!("{} AND ({a} OR {b} OR {c}) NOT ({d}{e} OR {e}{d})", script.brand(i / 5))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::script;

    #[test]
    fn brands_of_each_script_are_their_own() {
        for which in 0..4 {
            let script = script(which).unwrap();
            let names: BTreeSet<String> = (0..200_000).map(|i| script.brand(i)).collect();
            assert_eq!(names.len(), 200_000, "{which}");
        }
    }
}
